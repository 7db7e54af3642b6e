import type { CaKeySpec } from './authority.ts';
import type { NameConstraints } from './name-constraints.ts';
import type { RevocationUrl } from './revocation-url.ts';

/** What slots of all kinds have. */
interface Declared {
  /** For example `issuer-2`. */
  readonly id: string;
  /** Place in the settings, from 0: a rollover takes the first free one. */
  readonly place: number;
  /** Name of the authority, in the names of its CAs. */
  readonly authority: string;
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  /** How long its certificate is valid. Applied when the certificate is recorded; later changes have no effect. */
  readonly lifetimeSeconds: number;
}

/** A key that a deployment declares for a root. */
export interface RootSlot extends Declared {
  readonly kind: 'root';
  /** Whether its key is enabled only while it is used. @default false */
  readonly disabledBetweenUses?: boolean;
}

/** A key that a deployment declares for an issuer, with what its certificate will have. */
export interface IssuerSlot extends Declared {
  readonly kind: 'issuer';
  /** Where revocation data are served. */
  readonly revocationUrl: RevocationUrl;
  /** Lists over which the issuer's certificates will be spread, 1 to 128. */
  readonly crlShards: number;
  /** @default - no limits */
  readonly nameConstraints?: NameConstraints;
}

/**
 * A CA key that the template declares. Only these are certified: no request can name a key. Written by each deployment,
 * and by nothing else.
 */
export type Slot = RootSlot | IssuerSlot;
