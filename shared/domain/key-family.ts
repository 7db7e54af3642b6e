import type { CaKeySpec } from './authority.ts';
import type { KeyKind } from './key-kind.ts';

/** What a verifier must know to check a signature: RSA, or elliptic curves. */
export type KeyFamily = 'rsa' | 'ec';

/** The family of a CA's key. */
export function familyOfCa(keySpec: CaKeySpec): KeyFamily {
  return keySpec.startsWith('RSA') ? 'rsa' : 'ec';
}

/** The family of CAs that a leaf with such a key fits. Whatever verifies Ed25519 also verifies ECDSA. */
export function familyOfLeaf(keyKind: KeyKind): KeyFamily {
  return keyKind === 'rsa' ? 'rsa' : 'ec';
}
