import type { CaHashes, CertIdHash } from '../../domain/ocsp.ts';

/** Which certificate a request or a response is about (RFC 6960 section 4.1.1). */
export interface CertId extends CaHashes {
  readonly hash: CertIdHash;
  /** Hex of the INTEGER's contents. */
  readonly serialNumber: string;
}

/** The OID of each hash (RFC 3370 section 2.1, RFC 5754 section 2.2): its contents in hex. */
export const HASH_OID_OCTETS: Readonly<Record<CertIdHash, string>> = {
  sha1: '2b0e03021a',
  sha256: '608648016503040201',
};

/** The length of each hash. */
export const HASH_OCTETS: Readonly<Record<CertIdHash, number>> = { sha1: 20, sha256: 32 };
