import type { CaKeySpec } from './authority.ts';
import type { NameConstraints } from './name-constraints.ts';

/** A root that settings declare: its key is in KMS, or it is the root of another CA. */
export type DeclaredRoot =
  | { readonly id: string; readonly kind: 'kms'; readonly keySpec: CaKeySpec }
  | { readonly id: string; readonly kind: 'external'; readonly certificateSha256: string };

/** Two Regions, by name, of which one writes and signs. */
export interface DeclaredRegions {
  /** The one that has the multi-Region keys that the other one replicates. */
  readonly primary: string;
  readonly standby: string;
  /** Either of them. */
  readonly active: string;
}

/** What the settings of a deployment say that can never change: it is part of keys and certificates. */
export interface Declaration {
  readonly authority: string;
  readonly trustDomain: string;
  /** The first root, then its successors. `certificateSha256` is the hex SHA-256 of the DER. */
  readonly roots: readonly DeclaredRoot[];
  /** The slots, in the order of the settings. */
  readonly issuers: readonly { readonly id: string; readonly keySpec: CaKeySpec }[];
  readonly nameConstraints: NameConstraints;
  /** @default - one Region, whichever the stacks are in */
  readonly regions?: DeclaredRegions;
}
