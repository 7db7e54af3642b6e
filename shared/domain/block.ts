import type { CommonName } from './common-name.ts';
import type { Instant } from './instant.ts';
import type { ProfileName } from './profile.ts';
import type { LeafRevocationReason } from './revocation.ts';

/** Why something is blocked, and since when. The first block stays until it is lifted. */
export interface Block {
  readonly at: Instant;
  /** ARN of the IAM principal. */
  readonly by: string;
  readonly reason?: LeafRevocationReason;
  /** Free text. */
  readonly comment?: string;
}

/** A name that no certificate of the profile may have. */
export interface NameBlock extends Block {
  readonly profile: ProfileName;
  readonly name: CommonName;
}

/** A public key that no certificate may have; for good. */
export interface KeyBlock extends Block {
  /** Hex SHA-256 of the DER SubjectPublicKeyInfo. */
  readonly publicKeySha256: string;
}
