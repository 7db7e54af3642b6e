import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Permission } from '../service/aws-service.ts';

/** A role's session, or an IAM user. */
export interface Principal {
  /** As messages name it: `arn:aws:sts::...:assumed-role/<role>/<session>` or `arn:aws:iam::...:user/<name>`. */
  readonly arn: string;
  /** The value of `aws:PrincipalArn`: the ARN of the role, or of the user. */
  readonly principalArn: string;
  /** Name of the role or user. */
  readonly name: string;
  readonly policies: readonly NamedPolicy[];
  /** Condition keys that come with the principal's credentials (`lambda:SourceFunctionArn`). */
  readonly context?: Readonly<Record<string, string>>;
}

export interface NamedPolicy {
  readonly name: string;
  readonly policy: unknown;
}

/** One permission that a role needed and had, with the condition keys of one such request. */
export interface UsedPermission extends Permission {
  readonly role: string;
}

export interface Iam {
  /** The reason of the refusal, as AWS words it; undefined where it is allowed. */
  refusal(principal: Principal, permission: Permission): Promise<string | undefined>;
  /** What was allowed since the start, once each; requests that differ only in an id count as one. */
  used(): readonly UsedPermission[];
}

/** Decisions that are kept; ids of items make each a new one. */
const REMEMBERED = 10_000;

/**
 * Evaluates policies as IAM does. Decisions are remembered: one costs about a millisecond, and a function needs the same
 * permissions often.
 *
 * @param resourcePolicies policies of keys and buckets, by ARN; an object has that of its bucket.
 */
export function createIam(accountId: string, resourcePolicies: ReadonlyMap<string, unknown>): Iam {
  const decisions = new Map<string, Promise<string | undefined>>();
  const used = new Map<string, UsedPermission>();
  return {
    async refusal(principal, permission) {
      if (decisions.size > REMEMBERED) decisions.clear();
      const { action, resource, context } = permission;
      const key = JSON.stringify([principal.arn, principal.context, action, resource, context]);
      const policy = resourcePolicies.get(resource) ?? resourcePolicies.get(resource.replace(/\/.*/s, ''));
      const decision = decisions.get(key) ?? evaluate(accountId, principal, permission, policy);
      decisions.set(key, decision);
      const refusal = await decision;
      // An AWS service that acts by itself is neither a role nor a user.
      if (refusal === undefined && principal.arn.startsWith('arn:'))
        used.set(kindOf(principal, permission), { role: principal.name, ...permission });
      return refusal;
    },
    used: () => [...used.values()],
  };
}

/** Leaves the evaluation logic to `@cloud-copilot/iam-simulate`. */
async function evaluate(
  accountId: string,
  principal: Principal,
  { action, resource, context }: Permission,
  resourcePolicy: unknown,
): Promise<string | undefined> {
  const contextVariables = {
    'aws:PrincipalArn': principal.principalArn,
    'aws:PrincipalAccount': accountId,
    'aws:SecureTransport': 'true',
    ...principal.context,
    ...(context as Record<string, string | string[]>),
  };
  const request = { principal: principal.arn, action, resource: { resource, accountId }, contextVariables };
  const outcome = await runSimulation(
    {
      request,
      identityPolicies: [...principal.policies],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    },
    {},
  );
  if (outcome.resultType !== 'single')
    throw new Error(`policies cannot be evaluated for ${action} on ${resource}: ${JSON.stringify(outcome)}`);
  if (outcome.overallResult === 'Allowed') return undefined;
  const { identityAnalysis, resourceAnalysis } = outcome.result.analysis;
  const [identity, own] = [identityAnalysis?.result, resourceAnalysis?.result];
  const reason = reasonOf(action, identity, resourcePolicy === undefined ? undefined : (own ?? 'none'));
  return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

/** The end of AWS's message (IAM user guide, "Troubleshoot access denied error messages"). @param own result of the resource's policy, if it has one. */
function reasonOf(action: string, identity: string | undefined, own: string | undefined): string {
  if (own === 'ExplicitlyDenied') return 'with an explicit deny in a resource-based policy';
  if (identity === 'ExplicitlyDenied') return 'with an explicit deny in an identity-based policy';
  const kind = own !== undefined && identity === 'Allowed' ? 'resource-based' : 'identity-based';
  return `because no ${kind} policy allows the ${action} action`;
}

/** The same for `TOKEN#1` and `TOKEN#2`: items of one kind share what stands before the first `#`. */
function kindOf({ name }: Principal, { action, resource, context }: Permission): string {
  const kinds = Object.entries(context).map(([key, values]) => [
    key,
    [values].flat().map((value) => value.split('#')[0]),
  ]);
  return JSON.stringify([name, action, resource, kinds]);
}
