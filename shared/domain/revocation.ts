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
type RevocationReason = keyof typeof REVOCATION_REASONS;

/** The reasons that a leaf certificate can have. */
export const LEAF_REVOCATION_REASONS = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const satisfies readonly RevocationReason[];
