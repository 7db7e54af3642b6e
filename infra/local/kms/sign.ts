import { constants, createHash, privateEncrypt } from 'node:crypto';
import type { KmsKey } from './key.ts';
import { HASHES, KEY_SPECS } from './key-spec.ts';

/** The hash that a signing algorithm's name ends with. */
export function hashOf(algorithm: string): (typeof HASHES)[keyof typeof HASHES] {
  return HASHES[algorithm.slice(-'SHA_256'.length) as keyof typeof HASHES];
}

export function digest(algorithm: string, message: Buffer): Buffer {
  return createHash(hashOf(algorithm).name).update(message).digest();
}

/** Signs a digest. RSA: PKCS #1 v1.5 octets; ECDSA: DER Ecdsa-Sig-Value (KMS API, Sign). */
export function signDigest(key: KmsKey, algorithm: string, hashed: Buffer): Buffer {
  const spec = KEY_SPECS[key.keySpec];
  if ('bits' in spec) {
    const digestInfo = Buffer.concat([Buffer.from(hashOf(algorithm).prefix, 'hex'), hashed]);
    return privateEncrypt({ key: key.privateKey, padding: constants.RSA_PKCS1_PADDING }, digestInfo);
  }
  // node:crypto cannot sign a digest with ECDSA: it would hash it.
  const { d } = key.privateKey.export({ format: 'jwk' });
  const secret = Buffer.from(d ?? '', 'base64url');
  return Buffer.from(
    spec.curve.sign(hashed, secret, { prehash: false, lowS: false, extraEntropy: true, format: 'der' }),
  );
}
