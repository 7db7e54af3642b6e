import type { Resource } from '../../../infra/local/template/assembly.ts';
import { type CreateOnly, loadCreateOnly } from '../../../infra/local/template/create-only.ts';
import { removedResources, upgradeProblems } from '../../../infra/local/template/upgrade.ts';

/*
 * What a deployment keeps over every upgrade, and the rule for it. A released version is a file, `<version>.json`: its
 * resources that hold state or that others know by name, with only the properties that never change. CI compares the
 * templates of today with the last one.
 */

/** Others hold their ids or names, whether they are retained or not: a second one is another hostname, or its name is taken. */
const KNOWN_BY_NAME: readonly string[] = [
  'AWS::IAM::ManagedPolicy',
  'AWS::ApiGateway::RestApi',
  'AWS::KMS::Alias',
];

/** Retained for their contents only: a new one loses nothing. */
const REPLACEABLE: readonly string[] = ['AWS::Logs::LogGroup'];

/** Besides those of its schema: CloudFormation refuses "Modifying service token is not allowed". */
const SERVICE_TOKEN = 'ServiceToken';

/** The resources that upgrades must not lose, with the properties that never change, in order of their names. */
export function keptResources(resources: readonly Resource[], createOnly: CreateOnly): readonly Resource[] {
  return resources
    .filter(isKept)
    .map(({ stack, logicalId, type, properties, retained }) => {
      const frozen = [...createOnly(type), SERVICE_TOKEN, 'GlobalSecondaryIndexes'];
      const kept = frozen.filter((name) => properties[name] !== undefined).sort();
      return {
        stack,
        logicalId,
        type,
        retained,
        properties: Object.fromEntries(kept.map((name) => [name, properties[name]])),
      };
    })
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/** A function or another resource with a name of its own cannot be made again under another logical id: the name is taken. */
function isKept({ type, retained, properties }: Resource): boolean {
  if (REPLACEABLE.includes(type)) return false;
  return (
    retained ||
    KNOWN_BY_NAME.includes(type) ||
    type.startsWith('Custom::') ||
    properties['FunctionName'] !== undefined
  );
}

/**
 * The reasons for which deployments of a released version cannot be upgraded to these resources without the loss or the
 * replacement of one that is kept, or in one step; empty if they can. The rules are those of the local cloud between two starts.
 */
export async function releaseProblems(
  released: readonly Resource[],
  present: readonly Resource[],
): Promise<readonly string[]> {
  const { retained, deleted } = removedResources(released, present);
  const tokens = released.filter((before) => {
    const after = present.find((one) => nameOf(one) === nameOf(before));
    return (
      after !== undefined &&
      JSON.stringify(before.properties[SERVICE_TOKEN]) !== JSON.stringify(after.properties[SERVICE_TOKEN])
    );
  });
  return [
    ...(await upgradeProblems(released, present, loadCreateOnly)),
    ...[...retained, ...deleted].map(
      (one) =>
        `${nameOf(one)}: it is no longer in the template. An upgrade would lose or replace it: keep its type, stack and logical id`,
    ),
    ...tokens.map((one) => `${nameOf(one)}: its function never changes: keep the logical id of the function`),
  ];
}

function nameOf({ stack, logicalId, type }: Resource): string {
  return `${type} ${logicalId} of ${stack}`;
}
