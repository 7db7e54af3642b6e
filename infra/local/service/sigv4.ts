import { createHash, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Authorization, incomplete, parseAuthorization } from './authorization-header.ts';
import { AwsError, unknownCredentials } from './aws-service.ts';
import type { Credentials } from './credentials.ts';

/** An HTTP request as far as a signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** As on the wire: still encoded. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** AWS takes a signature for five minutes either way (IAM user guide, "Signature Version 4 troubleshooting"). */
const VALID_SECONDS = 300;

type Found<Identity> = Identity & { readonly credentials: Credentials };

/** What a signature is checked against. */
interface Verifier<Identity> {
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Who has an access key. */
  find(accessKeyId: string): Found<Identity> | undefined;
}

/**
 * Verifies Signature Version 4 by signing again with the same secret and comparing. The canonical form sorts the query,
 * as AWS does; curl before 8.3 does not, so its users must write the query sorted.
 *
 * @returns who signed.
 * @throws AwsError with the type and message that AWS gives for the reason of the refusal.
 */
export async function verifySignature<Identity>(
  request: SignedRequest,
  verifier: Verifier<Identity>,
): Promise<Found<Identity>> {
  const authorization = parseAuthorization(request.headers['authorization']);
  const signedAt = signingTime(request.headers);
  const identity = verifier.find(authorization.accessKeyId);
  const token = request.headers['x-amz-security-token'] ?? '';
  if (identity === undefined || (identity.credentials.sessionToken ?? '') !== token)
    throw unknownCredentials();
  requireScope(authorization, signedAt, verifier);
  requireTime(signedAt, verifier.now);
  const expected = await sign(request, authorization.signedHeaders, identity.credentials, verifier, signedAt);
  const covered = ['host', 'x-amz-date'].every((name) => authorization.signedHeaders.includes(name));
  if (!covered || !claimsItsBody(request) || !equal(expected, authorization.signature))
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  return identity;
}

const invalid = (message: string) => new AwsError('InvalidSignatureException', message);

/** @returns milliseconds since 1970. */
function signingTime(headers: SignedRequest['headers']): number {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(headers['x-amz-date'] ?? '');
  if (match === null)
    throw incomplete(
      `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=${headers['authorization']}`,
    );
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function requireScope(
  { scope }: Authorization,
  signedAt: number,
  { region, service }: Pick<Verifier<unknown>, 'region' | 'service'>,
): void {
  const expected = `${compact(signedAt).slice(0, 8)}/${region}/${service}/aws4_request`;
  if (scope !== expected)
    throw invalid(`Credential should be scoped to a valid region and service: ${expected}`);
}

function requireTime(signedAt: number, now: number): void {
  const window = VALID_SECONDS * 1000;
  const date = compact(signedAt);
  if (signedAt < now - window)
    throw invalid(
      `Signature expired: ${date} is now earlier than ${compact(now - window)} (${compact(now)} - 5 min.)`,
    );
  if (signedAt > now + window)
    throw invalid(
      `Signature not yet current: ${date} is still later than ${compact(now + window)} (${compact(now)} + 5 min.)`,
    );
}

/** `20260102T030405Z`; an invalid time has no such form. */
function compact(time: number): string {
  return Number.isNaN(time) ? '' : new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Whether the hash of the body that was signed, if any, is that of the body. */
function claimsItsBody({ headers, body }: SignedRequest): boolean {
  const claimed = headers['x-amz-content-sha256'];
  return claimed === undefined || claimed === createHash('sha256').update(body).digest('hex');
}

async function sign(
  request: SignedRequest,
  signedHeaders: readonly string[],
  { accessKeyId, secretAccessKey }: Credentials,
  { region, service }: Pick<Verifier<unknown>, 'region' | 'service'>,
  signedAt: number,
): Promise<string> {
  // The token is among the headers, if the client signed it; given to the signer, it would always be signed.
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const headers = Object.entries(request.headers).filter(([name]) => signedHeaders.includes(name));
  const query = [...Map.groupBy(request.query, ([name]) => name)];
  const { headers: signed } = await signer.sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: '',
      path: request.path,
      query: Object.fromEntries(query.map(([name, pairs]) => [name, pairs.map(([, value]) => value)])),
      headers: Object.fromEntries(headers),
      body: request.body,
    },
    { signingDate: new Date(signedAt), signableHeaders: new Set(signedHeaders) },
  );
  return /Signature=([0-9a-f]+)/.exec(signed['authorization'] ?? '')?.[1] ?? '';
}

function equal(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
