import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
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

/** Why a signature was refused: an error type of AWS, and its message. */
export interface Refusal {
  readonly type: string;
  readonly message: string;
}

/** AWS takes a signature for five minutes either way (IAM user guide, "Signature Version 4 troubleshooting"). */
const VALID_SECONDS = 300;

type Found<Identity> = Identity & { readonly credentials: Credentials };

/**
 * Verifies Signature Version 4 by signing again with the same secret and comparing. The canonical form sorts the query,
 * as AWS does; curl before 8.3 does not, so its users must write the query sorted.
 *
 * @param find who has an access key.
 */
export async function verifySignature<Identity>(
  request: SignedRequest,
  options: {
    readonly region: string;
    readonly service: string;
    /** Milliseconds. */
    readonly now: number;
    readonly find: (accessKeyId: string) => Found<Identity> | undefined;
  },
): Promise<{ readonly identity: Found<Identity> } | { readonly refusal: Refusal }> {
  const header = request.headers['authorization'];
  if (header === undefined)
    return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const parsed = parseAuthorization(header);
  if (typeof parsed === 'string') return refuse('IncompleteSignatureException', parsed);
  const date = request.headers['x-amz-date'] ?? '';
  const signedAt = parseDate(date);
  if (signedAt === undefined)
    return refuse(
      'IncompleteSignatureException',
      `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=${header}`,
    );
  const identity = options.find(parsed.accessKeyId);
  if (identity === undefined)
    return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
  if ((identity.credentials.sessionToken ?? '') !== (request.headers['x-amz-security-token'] ?? ''))
    return refuse('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const scope = `${date.slice(0, 8)}/${options.region}/${options.service}/aws4_request`;
  if (parsed.scope !== scope)
    return refuse(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region and service: ${scope}`,
    );
  const outdated = outsideWindow(date, signedAt, options.now);
  if (outdated !== undefined) return refuse('InvalidSignatureException', outdated);
  const claimed = request.headers['x-amz-content-sha256'];
  const honest = claimed === undefined || claimed === createHash('sha256').update(request.body).digest('hex');
  const mandatory = parsed.signedHeaders.includes('host') && parsed.signedHeaders.includes('x-amz-date');
  const expected = await sign(request, parsed.signedHeaders, identity.credentials, options, signedAt);
  if (!honest || !mandatory || !equal(expected, parsed.signature))
    return refuse(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  return { identity };
}

function refuse(type: string, message: string): { refusal: Refusal } {
  return { refusal: { type, message } };
}

interface Authorization {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** @returns what is wrong with the header, as AWS words it, where it is no SigV4. */
function parseAuthorization(header: string): Authorization | string {
  const parts = new Map<string, string>();
  for (const part of header.replace(/^AWS4-HMAC-SHA256\s+/, '').split(/\s*,\s*/)) {
    const [name = '', ...value] = part.split('=');
    if (value.length === 0)
      return `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`;
    parts.set(name, value.join('='));
  }
  for (const name of ['Credential', 'Signature', 'SignedHeaders'])
    if (!parts.has(name)) return `Authorization header requires '${name}' parameter. Authorization=${header}`;
  const [accessKeyId = '', ...scope] = (parts.get('Credential') ?? '').split('/');
  return {
    accessKeyId,
    scope: scope.join('/'),
    signedHeaders: (parts.get('SignedHeaders') ?? '').split(';'),
    signature: parts.get('Signature') ?? '',
  };
}

/** @returns milliseconds. */
function parseDate(date: string): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(date);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function outsideWindow(date: string, signedAt: number, now: number): string | undefined {
  const window = VALID_SECONDS * 1000;
  if (signedAt < now - window)
    return `Signature expired: ${date} is now earlier than ${compact(now - window)} (${compact(now)} - 5 min.)`;
  if (signedAt > now + window)
    return `Signature not yet current: ${date} is still later than ${compact(now + window)} (${compact(now)} + 5 min.)`;
  return undefined;
}

function compact(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');
}

async function sign(
  request: SignedRequest,
  signedHeaders: readonly string[],
  credentials: Credentials,
  { region, service }: { region: string; service: string },
  signedAt: number,
): Promise<string> {
  // The token is among the headers, if the client signed it; given to the signer, it would always be signed.
  const { accessKeyId, secretAccessKey } = credentials;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const headers = Object.fromEntries(
    signedHeaders.map((name) => [name, request.headers[name]]).filter(([, value]) => value !== undefined),
  );
  const query = new Map<string, string[]>();
  for (const [name, value] of request.query) query.set(name, [...(query.get(name) ?? []), value]);
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: '',
      path: request.path,
      query: Object.fromEntries(query),
      headers: headers as Record<string, string>,
      body: request.body,
    },
    { signingDate: new Date(signedAt), signableHeaders: new Set(signedHeaders) },
  );
  return /Signature=([0-9a-f]+)/.exec(signed.headers['authorization'] ?? '')?.[1] ?? '';
}

function equal(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** SHA-256, or HMAC with it where a secret is given: the form that the signer takes. */
export class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  /** The signer makes a new one for each use. */
  reset(): void {}
}

function bytes(source: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof source === 'string') return Buffer.from(source);
  if (source instanceof ArrayBuffer) return Buffer.from(source);
  return Buffer.from(source.buffer, source.byteOffset, source.byteLength);
}
