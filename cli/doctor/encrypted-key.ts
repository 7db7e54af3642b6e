import { child, children, oidOf, readDer, TAG } from './der/reader.ts';

/** How a private key in PEM is encrypted, and whether Elastic's library reads that (measured, elastic-agent-libs 0.46). */
export interface KeyEncryption {
  readonly says: string;
  /** `old`: with a warning, and not for ever. */
  readonly readable: 'yes' | 'old' | 'no';
}

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';
const SCRYPT = '1.3.6.1.4.1.11591.4.11';

/** Pseudorandom functions of PBKDF2. Where none is said, it is HMAC-SHA-1 (RFC 8018 appendix A.2). */
const FUNCTIONS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'HMAC-SHA-1',
  '1.2.840.113549.2.9': 'HMAC-SHA-256',
  '1.2.840.113549.2.10': 'HMAC-SHA-384',
  '1.2.840.113549.2.11': 'HMAC-SHA-512',
};

/** Undefined for a key that is not encrypted. */
export function encryptionOf(pem: string): KeyEncryption | undefined {
  if (pem.includes('DEK-Info:')) return { says: "OpenSSL's traditional form", readable: 'old' };
  const [, base64] = /-----BEGIN ENCRYPTED PRIVATE KEY-----([^-]+)-----END/.exec(pem) ?? [];
  if (base64 === undefined) return undefined;
  try {
    return encryptionIn(Buffer.from(base64, 'base64'));
  } catch {
    return { says: 'something that is no PKCS #8', readable: 'no' };
  }
}

/** EncryptedPrivateKeyInfo of RFC 5958 section 3. */
function encryptionIn(der: Uint8Array): KeyEncryption {
  const [scheme, parameters] = children(child(readDer(der), 0, TAG.sequence));
  if (scheme === undefined || parameters === undefined || oidOf(scheme) !== PBES2)
    return { says: 'PBES1', readable: 'no' };
  const [derivation, options] = children(child(parameters, 0, TAG.sequence));
  const name = derivation === undefined ? '' : oidOf(derivation);
  if (name === SCRYPT) return { says: 'PBES2 and scrypt', readable: 'yes' };
  if (name !== PBKDF2 || options === undefined) return { says: `PBES2 with ${name}`, readable: 'no' };
  const prf = children(options).find(({ tag }) => tag === TAG.sequence);
  const hmac =
    prf === undefined ? 'HMAC-SHA-1' : (FUNCTIONS[oidOf(child(prf, 0, TAG.oid))] ?? 'an unknown function');
  return { says: `PBES2 and PBKDF2 with ${hmac}`, readable: /SHA-(1|256)$/.test(hmac) ? 'yes' : 'no' };
}
