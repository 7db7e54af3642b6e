import { createPublicKey, type KeyObject } from 'node:crypto';
import { keyRefused } from './csr/errors.ts';
import type { CertificationRequest } from './csr.ts';
import { checkEd25519Key } from './key-strength/ed25519.ts';
import { checkRsaKey } from './key-strength/rsa.ts';
import { publicKeyBits } from './public-key-bits.ts';

/**
 * Decides whether a key is good enough for a certificate, and gives it in the form that verifies signatures.
 * @throws AppError `key_refused` with the rule that the key breaks and the way to a good one.
 */
export function checkKeyStrength(
  csr: Pick<CertificationRequest, 'publicKey' | 'publicKeySha256' | 'keyKind'>,
  caKeySha256: readonly string[],
): KeyObject {
  const key = readKey(csr.publicKey, csr.keyKind);
  checkOnlyForm(csr.publicKey, key);
  if (caKeySha256.includes(csr.publicKeySha256)) {
    throw keyRefused('The key in the CSR is a key of the CA itself. Make a new key on the host.');
  }
  if (csr.keyKind === 'ed25519') checkEd25519Key(publicKeyBits(csr.publicKey));
  if (csr.keyKind === 'rsa') checkRsaKey(key);
  return key;
}

function readKey(publicKey: Uint8Array, kind: string): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  } catch {
    throw keyRefused(
      `The public key in the CSR is not a valid ${kind} key (for curves: the point is not on the curve). Make a new key and CSR.`,
    );
  }
}

/**
 * The second reader's word on what `decodeCsr` has checked: OpenSSL writes the key in the same octets. Hashes of keys
 * (blocked, the CA's own, a holder's) mean one thing only where it does.
 */
function checkOnlyForm(publicKey: Uint8Array, key: KeyObject): void {
  if (!key.export({ format: 'der', type: 'spki' }).equals(publicKey)) {
    throw keyRefused(
      'The public key in the CSR is not encoded in its only DER form (RFC 5280 section 4.1.2.7). Make the CSR with another tool, for example: openssl req -new -key agent.key',
    );
  }
}
