import type { CaKeySpec } from './authority.ts';

/** All that is known of how a CA key signs: one row per key spec. */
export interface SignatureAlgorithm {
  /** The name that AWS KMS knows. ECC keys of KMS are tied to one hash each. */
  readonly kms: 'RSASSA_PKCS1_V1_5_SHA_256' | 'ECDSA_SHA_256' | 'ECDSA_SHA_384';
  /** Hash of the to-be-signed bytes; only its digest goes to KMS. */
  readonly hash: 'sha256' | 'sha384';
  /** AlgorithmIdentifier OID. */
  readonly oid: string;
  /** RSA identifiers carry NULL parameters (RFC 4055 section 5), ECDSA ones none (RFC 5758 section 3.2). */
  readonly nullParameters: boolean;
}

const RSA: SignatureAlgorithm = {
  kms: 'RSASSA_PKCS1_V1_5_SHA_256',
  hash: 'sha256',
  oid: '1.2.840.113549.1.1.11',
  nullParameters: true,
};

/** RSA signs with PKCS#1 v1.5, which every TLS stack in an Elastic fleet verifies (PSS is not universal). */
export const SIGNATURE_ALGORITHMS: Readonly<Record<CaKeySpec, SignatureAlgorithm>> = {
  RSA_3072: RSA,
  RSA_4096: RSA,
  ECC_NIST_P256: { kms: 'ECDSA_SHA_256', hash: 'sha256', oid: '1.2.840.10045.4.3.2', nullParameters: false },
  ECC_NIST_P384: { kms: 'ECDSA_SHA_384', hash: 'sha384', oid: '1.2.840.10045.4.3.3', nullParameters: false },
};
