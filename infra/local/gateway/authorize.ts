import type { Iam, Principal } from '../iam/iam.ts';
import type { KnownIdentity } from '../iam/identities.ts';
import { userPrincipal } from '../iam/principals.ts';
import { AwsError } from '../service/aws-service.ts';
import type { Clock } from '../service/clock.ts';
import { verifySignature } from '../service/sigv4.ts';
import type { Place } from '../template/place.ts';
import { GATEWAY_ERRORS, Refused } from './answers.ts';
import type { Signer } from './event.ts';
import type { GatewayRequest } from './request.ts';
import type { Api } from './routes.ts';

/** What decides who may call methods with authorization `AWS_IAM`. */
export interface Authority {
  readonly place: Place;
  readonly clock: Clock;
  readonly iam: Iam;
  /** Who has an access key. */
  find(accessKeyId: string): KnownIdentity | undefined;
}

/**
 * Verifies the signature, then asks for `execute-api:Invoke` on the method and path.
 *
 * @throws Refused as API Gateway does where either fails.
 */
export async function authorize(api: Api, authority: Authority, request: GatewayRequest): Promise<Signer> {
  const { place, clock, iam, find } = authority;
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const verifier = { region: place.region, service: 'execute-api', now: clock.now(), find };
  const { principal, credentials } = await verifySignature({ ...request, headers }, verifier).catch(
    unverified,
  );
  await requireInvoke(api, { place, iam }, request, principal);
  return { principal, accessKeyId: credentials.accessKeyId };
}

/**
 * Admits a caller of a method without authorization: the API's policy has to allow the call, if it has one.
 *
 * @throws Refused as API Gateway does where it does not.
 */
export async function admit(
  api: Api,
  { place, iam }: Pick<Authority, 'place' | 'iam'>,
  request: GatewayRequest,
): Promise<undefined> {
  const anonymous = userPrincipal(place.accountId, 'anonymous', []);
  if (api.hasPolicy) await requireInvoke(api, { place, iam }, request, anonymous);
}

async function requireInvoke(
  api: Api,
  { place, iam }: Pick<Authority, 'place' | 'iam'>,
  request: GatewayRequest,
  principal: Principal,
): Promise<void> {
  const resource = invokedArn(api, place, request);
  const context: Record<string, string> = api.hasPolicy ? { 'aws:SourceIp': request.sourceIp } : {};
  const refusal = await iam.refusal(principal, { action: 'execute-api:Invoke', resource, context });
  if (refusal !== undefined) throw new Refused({ ...GATEWAY_ERRORS.accessDenied, message: refusal });
}

/** @throws Refused with the error type and message of the refusal; any other error as it is. */
function unverified(error: unknown): never {
  if (!(error instanceof AwsError)) throw error;
  const { code: errorType, message } = error;
  const { noRoute } = GATEWAY_ERRORS;
  const type = errorType === noRoute.errorType ? noRoute.type : 'INVALID_SIGNATURE';
  throw new Refused({ type, status: 403, errorType, message });
}

/**
 * The ARN that policies of callers name (API Gateway developer guide, "Resource format of permissions for executing
 * API"), without slashes at either end of the path. A `*` that the caller writes is not a wildcard.
 */
function invokedArn(api: Api, { region, accountId }: Place, { method, path }: GatewayRequest): string {
  const below = path.slice(api.stage.length + 1).replace(/^\/+|\/+$/g, '');
  const literal = below.replace(/[*?]/g, (wildcard) => (wildcard === '*' ? '%2A' : '%3F'));
  return `arn:aws:execute-api:${region}:${accountId}:${api.id}/${api.stage}/${method}/${literal}`;
}
