import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ROUTES, type Route } from '../../shared/config/routes.ts';
import type { ApiSettings } from '../settings/api.ts';

/** The stage is the version of the contract: URLs read `https://<host>/v1/enroll`. */
export const STAGE = 'v1';

/**
 * The resource policy of the API, where callers are limited to networks or VPC endpoints.
 *
 * It allows the public routes one by one, never `execute-api:/*`: for a caller of the same account, an Allow here is as
 * good as one of the caller's own policies, and would open the admin routes to every principal of the account (API Gateway
 * developer guide, "How API Gateway resource policies affect authorization workflow"). A route without authorization does
 * need an Allow here, once the API has a policy at all.
 *
 * @returns undefined if nothing is limited.
 */
export function apiPolicy({ allowedNetworks, vpcEndpointIds }: ApiSettings): PolicyDocument | undefined {
  const denials = [
    ...outside('StringNotEquals', 'aws:SourceVpce', vpcEndpointIds),
    // Requests through a VPC endpoint have the address of the caller in its VPC under another key.
    ...outside(
      'NotIpAddress',
      vpcEndpointIds.length > 0 ? 'aws:VpcSourceIp' : 'aws:SourceIp',
      allowedNetworks,
    ),
  ];
  if (denials.length === 0) return undefined;
  return new PolicyDocument({ statements: [statement(Effect.ALLOW, publicCalls()), ...denials] });
}

/** Denies every call whose value for the key is not one of these. */
function outside(operator: string, key: string, values: readonly string[]): readonly PolicyStatement[] {
  if (values.length === 0) return [];
  return [statement(Effect.DENY, ['execute-api:/*'], { [operator]: { [key]: values } })];
}

function publicCalls(): readonly string[] {
  const routes: readonly Route[] = Object.values(ROUTES).flat();
  return routes
    .filter(({ access }) => access === 'public')
    .map(({ method, path }) => `execute-api:/${STAGE}/${method}${path.replaceAll(/\{\w+\}/g, '*')}`);
}

function statement(
  effect: Effect,
  resources: readonly string[],
  conditions: Record<string, object> = {},
): PolicyStatement {
  return new PolicyStatement({
    effect,
    principals: [new AnyPrincipal()],
    actions: ['execute-api:Invoke'],
    resources: [...resources],
    conditions,
  });
}
