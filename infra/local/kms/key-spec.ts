import { p256, p384, p521 } from '@noble/curves/nist.js';

type Curve = typeof p256;

/**
 * The key specs of the local KMS and their signing algorithms: an ECC key has one, an RSA key three (KMS developer guide,
 * "Key spec reference"). RSASSA_PSS and others are left out: nothing here uses them.
 */
export const KEY_SPECS = {
  RSA_2048: { bits: 2048, algorithms: rsaAlgorithms() },
  RSA_3072: { bits: 3072, algorithms: rsaAlgorithms() },
  RSA_4096: { bits: 4096, algorithms: rsaAlgorithms() },
  ECC_NIST_P256: { namedCurve: 'P-256', curve: p256 as Curve, algorithms: ['ECDSA_SHA_256'] },
  ECC_NIST_P384: { namedCurve: 'P-384', curve: p384 as Curve, algorithms: ['ECDSA_SHA_384'] },
  ECC_NIST_P521: { namedCurve: 'P-521', curve: p521 as Curve, algorithms: ['ECDSA_SHA_512'] },
} as const;

export type KeySpec = keyof typeof KEY_SPECS;

/** The hash of each signing algorithm, and the DER that PKCS #1 v1.5 puts before a digest (RFC 8017 section 9.2, note 1). */
export const HASHES = {
  SHA_256: { name: 'sha256', length: 32, prefix: '3031300d060960864801650304020105000420' },
  SHA_384: { name: 'sha384', length: 48, prefix: '3041300d060960864801650304020205000430' },
  SHA_512: { name: 'sha512', length: 64, prefix: '3051300d060960864801650304020305000440' },
} as const;

export function isKeySpec(value: unknown): value is KeySpec {
  return typeof value === 'string' && Object.hasOwn(KEY_SPECS, value);
}

function rsaAlgorithms(): readonly string[] {
  return ['RSASSA_PKCS1_V1_5_SHA_256', 'RSASSA_PKCS1_V1_5_SHA_384', 'RSASSA_PKCS1_V1_5_SHA_512'];
}
