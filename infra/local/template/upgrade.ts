import { isDeepStrictEqual } from 'node:util';
import type { Resource } from './assembly.ts';
import type { CreateOnly } from './create-only.ts';

/** A template that can't take the place of the one that is deployed. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';

  constructor(reasons: readonly string[]) {
    super(
      `these data were made by a deployment that AWS would not update to this template:\n${reasons.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}

/**
 * Why AWS refuses to update what is deployed to a new template; empty where it does not. Like CloudFormation, it looks at
 * a resource by its stack and logical id.
 *
 * A create-only property makes CloudFormation replace the resource. Where it must be retained, or is a managed policy,
 * which IAM does not delete while it is attached, that would leave the deployment with an empty table or a key that
 * certified nothing: it is refused here, as it is in AWS wherever another stack imports the resource.
 */
export async function upgradeProblems(
  deployed: readonly Resource[],
  template: readonly Resource[],
  loadCreateOnly: () => Promise<CreateOnly>,
): Promise<readonly string[]> {
  const moved = otherStacks(deployed, template);
  if (moved !== undefined) return [moved];
  const changed = deployed.flatMap((before) => {
    const after = counterpart(template, before);
    return after === undefined || isDeepStrictEqual(before.properties, after.properties)
      ? []
      : [{ before, after }];
  });
  const kept = changed.filter(({ before }) => before.retained || before.type === 'AWS::IAM::ManagedPolicy');
  const createOnly = kept.length === 0 ? () => [] : await loadCreateOnly();
  return [
    ...kept.flatMap(({ before, after }) =>
      createOnly(before.type)
        .filter((name) => !isDeepStrictEqual(before.properties[name], after.properties[name]))
        .map((name) => `${nameOf(before)}: ${name} never changes once the resource is made`),
    ),
    ...changed
      .filter(({ before }) => before.type === 'AWS::DynamoDB::Table')
      .flatMap(({ before, after }) => indexProblems(before, after)),
  ];
}

/** What is deployed and no longer in the template, parted by what its `DeletionPolicy` says. */
export function removedResources(deployed: readonly Resource[], template: readonly Resource[]) {
  const removed = deployed.filter((resource) => counterpart(template, resource) === undefined);
  return {
    retained: removed.filter(({ retained }) => retained),
    deleted: removed.filter(({ retained }) => !retained),
  };
}

function counterpart(resources: readonly Resource[], { stack, logicalId, type }: Resource) {
  return resources.find((one) => one.stack === stack && one.logicalId === logicalId && one.type === type);
}

/** The names of the stacks hold the setting `authority`: another one is another deployment, beside the first. */
function otherStacks(deployed: readonly Resource[], template: readonly Resource[]): string | undefined {
  const [before, after] = [deployed, template].map((all) => new Set(all.map(({ stack }) => stack)));
  if (before === undefined || after === undefined || before.size === 0) return undefined;
  if ([...before].some((stack) => after.has(stack))) return undefined;
  return `authority: the data belong to the stacks ${[...before].join(', ')}, and the settings name ${[...after].join(', ')}. Set authority back, or set FLEETSEAL_DATA to another directory`;
}

interface Index {
  readonly IndexName: string;
  readonly KeySchema: unknown;
  readonly Projection: unknown;
}

/** An index is made or deleted, one in an update; nothing in it changes (DynamoDB API reference, UpdateTable). */
function indexProblems(before: Resource, after: Resource): readonly string[] {
  const [old, wanted] = [indexesOf(before), indexesOf(after)];
  const changed = old.flatMap((index) => {
    const other = wanted.find(({ IndexName }) => IndexName === index.IndexName);
    if (other === undefined) return [];
    return (['KeySchema', 'Projection'] as const)
      .filter((part) => !isDeepStrictEqual(index[part], other[part]))
      .map(
        (part) =>
          `${nameOf(before)}: GlobalSecondaryIndexes: ${part} of ${index.IndexName} never changes; add an index of another name`,
      );
  });
  const added = missingFrom(old, wanted);
  const gone = missingFrom(wanted, old);
  const several =
    added.length + gone.length > 1
      ? [
          `${nameOf(before)}: GlobalSecondaryIndexes: at most one index is made or deleted in an update, not ${[...added.map((name) => `+${name}`), ...gone.map((name) => `-${name}`)].join(' ')}`,
        ]
      : [];
  return [...changed, ...several];
}

function indexesOf({ properties }: Resource): readonly Index[] {
  return (properties['GlobalSecondaryIndexes'] ?? []) as readonly Index[];
}

/** Names of the indexes of `others` that `indexes` does not have. */
function missingFrom(indexes: readonly Index[], others: readonly Index[]): readonly string[] {
  const names = indexes.map(({ IndexName }) => IndexName);
  return others.map(({ IndexName }) => IndexName).filter((name) => !names.includes(name));
}

function nameOf({ stack, logicalId, type }: Resource): string {
  return `${type} ${logicalId} of ${stack}`;
}
