import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { Permission } from '../service/aws-service.ts';

/** Who is asked for: a role's session, or an IAM user. */
export interface Principal {
  /** As messages name it: `arn:aws:sts::...:assumed-role/<role>/<session>` or `arn:aws:iam::...:user/<name>`. */
  readonly arn: string;
  /** As `aws:PrincipalArn` holds it: of the role, or of the user. */
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

/** One permission that a role needed and had, with the circumstances of one such request: policies may look at them. */
export interface UsedPermission {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Permission['context'];
}

export interface Iam {
  /** Why it is refused, as AWS words it; undefined where it is allowed. */
  refusal(principal: Principal, permission: Permission): Promise<string | undefined>;
  /** Everything that was asked and allowed since the start; each once, as are requests that differ in an id only. */
  used(): readonly UsedPermission[];
}

/**
 * Evaluates policies as IAM does, with the whole evaluation logic left to `@cloud-copilot/iam-simulate`. Decisions are
 * remembered: one costs about a millisecond, and a function asks the same again and again.
 *
 * @param resourcePolicies policies of resources (here: of keys), by ARN.
 */
export function createIam(accountId: string, resourcePolicies: ReadonlyMap<string, unknown>): Iam {
  const decisions = new Map<string, Promise<string | undefined>>();
  const used = new Map<string, UsedPermission>();

  const evaluate = async (principal: Principal, { action, resource, context }: Permission) => {
    const resourcePolicy = resourcePolicies.get(resource);
    const outcome = await runSimulation(
      {
        request: {
          principal: principal.arn,
          action,
          resource: { resource, accountId },
          contextVariables: {
            'aws:PrincipalArn': principal.principalArn,
            'aws:PrincipalAccount': accountId,
            'aws:SecureTransport': 'true',
            ...principal.context,
            ...(context as Record<string, string | string[]>),
          },
        },
        identityPolicies: [...principal.policies],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
      },
      {},
    );
    if (outcome.resultType !== 'single')
      throw new Error(
        `policies cannot be evaluated for ${action} on ${resource}: ${JSON.stringify(outcome)}`,
      );
    if (outcome.overallResult === 'Allowed') return undefined;
    const { identityAnalysis, resourceAnalysis } = outcome.result.analysis;
    const explicit =
      resourceAnalysis?.result === 'ExplicitlyDenied'
        ? 'with an explicit deny in a resource-based policy'
        : identityAnalysis?.result === 'ExplicitlyDenied'
          ? 'with an explicit deny in an identity-based policy'
          : undefined;
    const kind =
      resourcePolicy !== undefined && identityAnalysis?.result === 'Allowed'
        ? 'resource-based'
        : 'identity-based';
    return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${
      explicit ?? `because no ${kind} policy allows the ${action} action`
    }`;
  };

  return {
    async refusal(principal, permission) {
      if (decisions.size > REMEMBERED) decisions.clear();
      const { action, resource, context } = permission;
      const key = JSON.stringify([principal.arn, principal.context, action, resource, context]);
      const decision = decisions.get(key) ?? evaluate(principal, permission);
      decisions.set(key, decision);
      const refusal = await decision;
      if (refusal === undefined)
        used.set(kindOf(principal, permission), { role: principal.name, ...permission });
      return refusal;
    },
    used: () => [...used.values()],
  };
}

/** Decisions that are kept; a request for each id of an item would fill the memory. */
const REMEMBERED = 10_000;

/** The same for `TOKEN#1` and `TOKEN#2`: by what stands before the first `#`, items differ in kind. */
function kindOf({ name }: Principal, { action, resource, context }: Permission): string {
  const kinds = Object.entries(context).map(([key, values]) => [
    key,
    [values].flat().map((value) => value.split('#')[0]),
  ]);
  return JSON.stringify([name, action, resource, kinds]);
}
