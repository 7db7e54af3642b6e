import type { Instant } from './instant.ts';
import type { RevocationReason } from './revocation.ts';

/** The hashes by which an OCSP request may name the issuer of a certificate (RFC 6960 section 4.1.1, RFC 9919 section 3.1.1). */
export const CERT_ID_HASHES = ['sha1', 'sha256'] as const;

/** One of {@link CERT_ID_HASHES}. */
export type CertIdHash = (typeof CERT_ID_HASHES)[number];

/** How OCSP requests name a CA, in hex. */
export interface CaHashes {
  /** Of the DER of its name. */
  readonly nameHash: string;
  /** Of the bits of its public key. */
  readonly keyHash: string;
}

/** What OCSP says of a certificate. `unknown` is never said: what is not recorded is answered unsigned. */
export type OcspStatus =
  | { readonly state: 'good' }
  | { readonly state: 'revoked'; readonly revokedAt: Instant; readonly reason: RevocationReason };

/** A signed response that was stored, to be served until it is due. */
export interface StoredResponse {
  readonly status: OcspStatus;
  readonly thisUpdate: Instant;
  readonly nextUpdate: Instant;
  /** DER OCSPResponse. */
  readonly der: Uint8Array;
}

/** Whether two statuses say the same. */
export function sameStatus(a: OcspStatus, b: OcspStatus): boolean {
  if (a.state === 'good' || b.state === 'good') return a.state === b.state;
  return a.revokedAt === b.revokedAt && a.reason === b.reason;
}
