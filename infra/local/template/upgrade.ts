import { isDeepStrictEqual } from 'node:util';
import type { Resource } from './assembly.ts';
import type { CreateOnly } from './create-only.ts';

/** The template cannot replace the deployed one. */
export class UpgradeError extends Error {
  override readonly name = 'UpgradeError';

  constructor(reasons: readonly string[]) {
    super(
      `the data are from a deployment that AWS would not update to this template:\n${reasons.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}

/**
 * The reasons for which AWS refuses to update the deployed resources to a new template; empty if it does not. A resource
 * is identified by its stack and logical id, as in CloudFormation.
 *
 * A create-only property makes CloudFormation replace the resource. For one that is retained (and for a managed policy,
 * which IAM does not delete while it is attached) that would leave an empty table or a key that certified nothing: it is
 * refused here, as it is in AWS if another stack imports the resource.
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
        .map((name) => `${nameOf(before)}: ${name} never changes once the resource is created`),
    ),
    ...changed
      .filter(({ before }) => TABLES.includes(before.type))
      .flatMap(({ before, after }) => indexProblems(before, after)),
    ...removedResources(deployed, template)
      .deleted.filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')
      .map((policy) => `${nameOf(policy)}: ${ATTACHED}`),
  ];
}

/** In one Region, and in two. */
export const TABLES: readonly string[] = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

/** IAM API reference, DeletePolicy. */
const ATTACHED =
  'IAM does not delete a managed policy that is attached, as each one is to the local administrator';

/** The deployed resources that are no longer in the template, by their `DeletionPolicy`. */
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

/** The names of the stacks contain the setting `authority`: with another value, this is another deployment. */
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

/** An update creates or deletes one index, and changes nothing in one (DynamoDB API reference, UpdateTable). */
function indexProblems(before: Resource, after: Resource): readonly string[] {
  const [old, wanted] = [indexesOf(before), indexesOf(after)];
  const where = `${nameOf(before)}: GlobalSecondaryIndexes:`;
  const changed = old.flatMap((index) => {
    const other = wanted.find(({ IndexName }) => IndexName === index.IndexName);
    return (['KeySchema', 'Projection'] as const)
      .filter((part) => other !== undefined && !isDeepStrictEqual(index[part], other[part]))
      .map((part) => `${where} ${part} of ${index.IndexName} never changes; add an index with another name`);
  });
  const updates = [
    ...missingFrom(old, wanted).map(({ IndexName }) => `+${IndexName}`),
    ...missingFrom(wanted, old).map(({ IndexName }) => `-${IndexName}`),
  ];
  if (updates.length < 2) return changed;
  return [
    ...changed,
    `${where} at most one index is created or deleted in an update, not ${updates.join(' ')}`,
  ];
}

function indexesOf({ properties }: Resource): readonly Index[] {
  return (properties['GlobalSecondaryIndexes'] ?? []) as readonly Index[];
}

/** Those of `others` that have no namesake in `indexes`. */
export function missingFrom<Other extends Pick<Index, 'IndexName'>>(
  indexes: readonly Pick<Index, 'IndexName'>[],
  others: readonly Other[],
): readonly Other[] {
  return others.filter(({ IndexName }) => !indexes.some((index) => index.IndexName === IndexName));
}

function nameOf({ stack, logicalId, type }: Resource): string {
  return `${type} ${logicalId} of ${stack}`;
}
