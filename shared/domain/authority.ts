import type { Instant } from './instant.ts';
import type { Revocation } from './revocation.ts';
import type { RevocationUrl } from './revocation-url.ts';
import type { TrustDomain } from './trust-domain.ts';
import type { Validity } from './validity.ts';

/** Key specs that CA keys may have (AWS KMS names). Ed25519 is left out: KMS signs it over at most 4,096 bytes. */
export const CA_KEY_SPECS = ['RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'ECC_NIST_P384'] as const;
export type CaKeySpec = (typeof CA_KEY_SPECS)[number];

/**
 * `PENDING` (key, no certificate) `-> READY` (certified) `-> ACTIVE` (issues) `-> DRAINING` (completes what it reserved)
 * `-> RETIRED`; `COMPROMISED` from anywhere (signs nothing).
 */
export const ISSUER_STATES = ['PENDING', 'READY', 'ACTIVE', 'DRAINING', 'RETIRED', 'COMPROMISED'] as const;
export type IssuerState = (typeof ISSUER_STATES)[number];

/** The root of an authority, as recorded. */
export interface Root {
  /** For example `root-1`. */
  readonly id: string;
  /** Of every identity below it: recorded here because it never changes. */
  readonly trustDomain: TrustDomain;
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  /** RESERVED until its certificate is signed: the record comes before the signature. */
  readonly state: 'RESERVED' | 'ISSUED';
  readonly serialNumber: string;
  readonly validity: Validity;
  readonly tbsSha256: string;
  /** DER; absent while RESERVED. */
  readonly certificate?: Uint8Array;
  readonly createdAt: Instant;
}

/** An issuing CA of an authority. Its key is a slot that the template declares. */
export interface Issuer {
  /** For example `issuer-1`. */
  readonly id: string;
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  readonly state: IssuerState;
  readonly rootId: string;
  /** In its certificate; absent in records of earlier versions: those certificates have no address. */
  readonly revocationUrl?: RevocationUrl;
  /** Lists over which its certificates are spread, 1 to 128: for good, since certificates contain the address of theirs. */
  readonly crlShards: number;
  readonly serialNumber: string;
  readonly validity: Validity;
  readonly tbsSha256: string;
  /** DER; absent while PENDING. */
  readonly certificate?: Uint8Array;
  readonly createdAt: Instant;
  /** How it came to its state, oldest first; absent before the first change, and in records of earlier versions. */
  readonly changes?: readonly IssuerChange[];
  /** Since when its key must be taken to be in other hands; present when COMPROMISED. */
  readonly compromisedAt?: Instant;
  /** When the root is to revoke it; present when COMPROMISED. */
  readonly revokeAt?: Instant;
  /** Present once the root revoked it. */
  readonly revocation?: Pick<Revocation, 'revokedAt' | 'reason'>;
}

/** A change of an issuer's state. */
export interface IssuerChange {
  /** The state from then on. */
  readonly to: IssuerState;
  readonly at: Instant;
  /** ARN of the IAM principal, or `SERVICE` where the service did it by itself. */
  readonly by: string;
  /** Free text of the administrator. */
  readonly comment?: string;
}
