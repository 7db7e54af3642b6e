import type { Root } from './authority.ts';
import type { Instant } from './instant.ts';
import type { Validity } from './validity.ts';

/** The root certificate of another CA that hosts trust too, as during a migration. */
export interface AdditionalRoot {
  /** Hex SHA-256 of the certificate's DER, by which administrators name it. */
  readonly sha256: string;
  /** For readers: `O=Acme, CN=Old CA`. */
  readonly subject: string;
  readonly validity: Validity;
  /** DER. */
  readonly certificate: Uint8Array;
  readonly addedAt: Instant;
  /** ARN of the administrator who added it; absent for what only the setting names. */
  readonly addedBy?: string;
  /** Whether the setting `additionalRoots` of the last deployment names it: only another deployment removes it then. */
  readonly inSettings: boolean;
}

/** All additional roots, in the order of the trust bundle: those of the setting first, then in order of addition. */
export interface AdditionalRoots {
  /** Grows with each change; 0 where there never were any. */
  readonly version: number;
  readonly roots: readonly AdditionalRoot[];
}

/** That an additional root joined the trust bundle or left it. */
export interface AdditionalRootChange extends Pick<AdditionalRoot, 'sha256' | 'subject'> {
  readonly action: 'added' | 'removed';
  readonly at: Instant;
  /** ARN of the administrator, or `SERVICE` for a deployment. */
  readonly by: string;
}

export const NO_ADDITIONAL_ROOTS: AdditionalRoots = { version: 0, roots: [] };

/**
 * The most characters of all additional roots together, in PEM: every host downloads them with every answer. About 16 RSA
 * or 40 EC certificates.
 */
export const MAX_ADDITIONAL_ROOTS_LENGTH = 32_768;

/** What the trust bundle is made of. */
export interface TrustAnchors {
  readonly roots: readonly Root[];
  readonly additionalRoots: AdditionalRoots;
}
