import { createHash, createPublicKey } from 'node:crypto';
import { errors } from 'jose';
import { compactVerify } from 'jose/jws/compact/verify';
import type { KeyKind } from '../../domain/key-kind.ts';
import { malformedProof } from './errors.ts';
import type { Holder, Proof } from './proof.ts';

/** Characters. With an RSA-4096 signature and a small statement, a proof has about 1,000; with a CSR 4,000. */
const MAX_JWS_LENGTH = 12_288;

/** RFC 7518 section 3.1, RFC 8037 section 3.1. */
const ALGORITHMS: Readonly<Record<KeyKind, string>> = {
  rsa: 'RS256',
  p256: 'ES256',
  p384: 'ES384',
  p521: 'ES512',
  ed25519: 'EdDSA',
};

const ALLOWED = Object.values(ALGORITHMS);

/** Members of the header (RFC 7515 section 4.1): all that are read, and two that only say what the thing is. */
const MEMBERS = ['alg', 'x5t#S256', 'kid', 'typ'];

/** A signed message, and what its header says of the certificate. */
export interface JwsProof extends Proof {
  /** `x5t#S256`; undefined where the header has none. */
  readonly thumbprint: unknown;
}

/**
 * Reads a compact JWS (RFC 7515 section 7.1) of at most 12,288 characters, whose header has `alg` and may have the
 * certificate's `x5t#S256`: then it must be the certificate's.
 *
 * @throws AppError `malformed_proof` for anything else, with the reason.
 */
export function readJws(text: string): JwsProof {
  if (text.length > MAX_JWS_LENGTH)
    throw malformed(`has ${text.length} characters; the limit is ${MAX_JWS_LENGTH}`);
  const [header, content, signature] = text.split('.').map(readBase64Url);
  if (!header || !content || !signature || text.split('.').length !== 3)
    throw malformed('is not three parts in base64url, without padding, with "." between them');
  const { algorithm, thumbprint } = readHeader(header);
  return {
    content,
    thumbprint,
    isMadeBy: async (holder) =>
      algorithm === ALGORITHMS[holder.keyKind] &&
      (thumbprint === undefined || thumbprint === thumbprintOf(holder)) &&
      (await isSignedWith(text, holder)),
  };
}

/** Undefined for what is not the one base64url form of some octets (RFC 7515 section 2). */
function readBase64Url(text: string): Buffer | undefined {
  const octets = Buffer.from(text, 'base64url');
  return text !== '' && octets.toString('base64url') === text ? octets : undefined;
}

function readHeader(octets: Buffer): { readonly algorithm: string; readonly thumbprint: unknown } {
  const header = readObject(octets);
  if (header === undefined) throw malformed('has a header that is not a JSON object');
  const unknown = Object.keys(header).filter((name) => !MEMBERS.includes(name));
  if (unknown.length > 0) throw malformed(`may have ${MEMBERS.join(', ')} in its header, and nothing else`);
  const { alg } = header;
  if (typeof alg !== 'string' || !ALLOWED.includes(alg))
    throw malformed(`must have an "alg" of ${ALLOWED.join(', ')} in its header`);
  return { algorithm: alg, thumbprint: header['x5t#S256'] };
}

/** A JSON object in UTF-8; undefined for anything else. */
export function readObject(octets: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 7515 section 4.1.8; undefined for a certificate that is not signed yet. */
function thumbprintOf({ certificate }: Holder): string | undefined {
  return certificate && createHash('sha256').update(certificate).digest('base64url');
}

async function isSignedWith(text: string, { publicKey, keyKind }: Holder): Promise<boolean> {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  try {
    await compactVerify(text, key, { algorithms: [ALGORITHMS[keyKind]] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

function malformed(words: string) {
  return malformedProof('jws', `The JWS ${words}.`);
}
