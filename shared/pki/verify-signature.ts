import { constants, type KeyObject, verify } from 'node:crypto';
import type { RequestSignature } from './algorithm-identifiers.ts';

/** Whether the key made this signature over these bytes, by an algorithm of its own family. */
export function isSignature(
  algorithm: RequestSignature,
  key: KeyObject,
  signedBytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  const padding =
    algorithm.saltLength === undefined
      ? {}
      : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength };
  try {
    return verify(algorithm.hash, signedBytes, { key, ...padding }, signature);
  } catch {
    // OpenSSL throws instead of returning false for some signatures of impossible form.
    return false;
  }
}
