import type { Instant } from './instant.ts';
import type { SerialNumber } from './serial-number.ts';

/**
 * Why a certificate is revoked, with the number of each reason (RFC 5280 section 5.3.1, CRLReason). `certificateHold` and
 * `removeFromCRL` are left out: a revocation is final.
 */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  privilegeWithdrawn: 9,
} as const;

/** One of {@link REVOCATION_REASONS}. */
export type RevocationReason = keyof typeof REVOCATION_REASONS;

/** The reasons that a leaf certificate can have. */
export const LEAF_REVOCATION_REASONS = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const satisfies readonly RevocationReason[];

/** One of {@link LEAF_REVOCATION_REASONS}. */
export type LeafRevocationReason = (typeof LEAF_REVOCATION_REASONS)[number];

/** How a certificate was revoked. The first revocation stays, whatever is requested later. */
export interface Revocation {
  readonly revokedAt: Instant;
  readonly reason: RevocationReason;
  /** ARN of the IAM principal; {@link holderAt} or {@link SERVICE}. */
  readonly revokedBy: string;
  /** Free text of the caller that revoked it. */
  readonly comment?: string;
}

/** Who revokes a certificate by proof that it holds the key; all that is known of it is the address that the gateway saw. */
export function holderAt(sourceIp: string): string {
  return `holder of the key, from ${sourceIp}`;
}

/** Who revokes what nobody asked to be revoked: the service itself, where it gives up a reservation. */
export const SERVICE = 'fleetseal';

/** What a revocation list says of a certificate. */
export interface RevokedEntry {
  readonly serialNumber: SerialNumber;
  readonly revokedAt: Instant;
  readonly reason: RevocationReason;
  readonly notAfter: Instant;
}
