import type { Iam } from '../iam/iam.ts';
import type { KnownIdentity } from '../iam/identities.ts';
import type { Clock } from '../service/clock.ts';
import { type Refusal, verifySignature } from '../service/sigv4.ts';
import type { Place } from '../template/physical.ts';
import { GATEWAY_ERRORS, Refused } from './answers.ts';
import type { Signer } from './event.ts';
import type { GatewayRequest } from './request.ts';
import type { Api } from './routes.ts';

/** Who may call methods with authorization `AWS_IAM`. */
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
  const verified = await verifySignature(
    { ...request, headers },
    { region: place.region, service: 'execute-api', now: clock.now(), find },
  );
  if ('refusal' in verified) throw unverified(verified.refusal);
  const { principal, credentials } = verified.identity;
  const resource = invokedArn(api, place, request);
  const refusal = await iam.refusal(principal, { action: 'execute-api:Invoke', resource, context: {} });
  if (refusal !== undefined)
    throw new Refused({
      type: 'ACCESS_DENIED',
      status: 403,
      errorType: 'AccessDeniedException',
      message: refusal,
    });
  return { principal, accessKeyId: credentials.accessKeyId };
}

function unverified({ type, message }: Refusal): Refused {
  const missing = type === GATEWAY_ERRORS.noRoute.errorType;
  return new Refused({
    type: missing ? GATEWAY_ERRORS.noRoute.type : 'INVALID_SIGNATURE',
    status: 403,
    errorType: type,
    message,
  });
}

/**
 * What policies of callers name (API Gateway developer guide, "Resource format of permissions for executing API"). Slashes
 * at either end of the path are not part of it; `*` of the path is no wildcard here.
 */
function invokedArn(api: Api, { region, accountId }: Place, { method, path }: GatewayRequest): string {
  const below = path.slice(api.stage.length + 1).replace(/^\/+|\/+$/g, '');
  const literal = below.replace(/[*?]/g, (wildcard) => (wildcard === '*' ? '%2A' : '%3F'));
  return `arn:aws:execute-api:${region}:${accountId}:${api.id}/${api.stage}/${method}/${literal}`;
}
