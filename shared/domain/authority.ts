import { type Instant, isOver } from './instant.ts';
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

/**
 * `RESERVED` (recorded) `-> ISSUED` (has its certificate). The first root is in use then. One that follows it goes on:
 * `-> TRUSTED` (cross-certified by the root before it, in the trust bundle) `-> ACTIVE` (certifies issuers), and the one
 * before it `-> DRAINING` (trusted while issuers below it live) `-> RETIRED` (out of the bundle; signs nothing).
 */
export const ROOT_STATES = ['RESERVED', 'ISSUED', 'TRUSTED', 'ACTIVE', 'DRAINING', 'RETIRED'] as const;
export type RootState = (typeof ROOT_STATES)[number];

/**
 * The key and name of a root, certified by the root before it: verifiers that trust only the older root accept what is
 * below the newer one.
 */
export interface CrossCertificate {
  /** The root that signs it. */
  readonly rootId: string;
  readonly revocationUrl: RevocationUrl;
  readonly serialNumber: string;
  readonly validity: Validity;
  readonly tbsSha256: string;
  readonly createdAt: Instant;
  /** DER; absent until it is signed. */
  readonly certificate?: Uint8Array;
}

/** A step in the life of a root. */
export interface RootChange {
  readonly to: RootState;
  readonly at: Instant;
  /** ARN of the IAM principal. */
  readonly by: string;
}

/** That an administrator has seen to the verifiers whose trust the service cannot see. */
export interface Acknowledgement {
  /** Verifiers that hold none of our certificates, and servers that were restarted; in the administrator's words. */
  readonly verifiers: readonly string[];
  readonly by: string;
  readonly at: Instant;
}

/** How many certificates in use have a root in their host's trust bundle. */
export interface Adoption {
  /** Names with a certificate that is valid and not revoked. */
  readonly live: number;
  /** Those of them whose host has the root. */
  readonly adopted: number;
  readonly measuredAt: Instant;
}

/** The root of an authority, as recorded. */
export interface Root {
  /** For example `root-1`. */
  readonly id: string;
  /** Of every identity below it: recorded here because it never changes. */
  readonly trustDomain: TrustDomain;
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  readonly state: RootState;
  readonly serialNumber: string;
  readonly validity: Validity;
  readonly tbsSha256: string;
  /** DER; absent while RESERVED. */
  readonly certificate?: Uint8Array;
  readonly createdAt: Instant;
  /** The root that it takes over from; absent for the first. */
  readonly predecessorId?: string;
  /** Present once it is recorded; by the root that it takes over from. */
  readonly cross?: CrossCertificate;
  /** How it came to its state, oldest first; absent for the first root until it changes. */
  readonly changes?: readonly RootChange[];
  readonly acknowledgement?: Acknowledgement;
  /** Hex SHA-256 of trust bundles that contain it, as they were while it waited to be activated. */
  readonly bundles?: readonly string[];
  readonly adoption?: Adoption;
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
  /** Since when it issues nothing new; present once it is DRAINING. */
  readonly drainedAt?: Instant;
  /** Since when its key must be taken to be in other hands; present when COMPROMISED. */
  readonly compromisedAt?: Instant;
  /** When the root is to revoke it; present when COMPROMISED. */
  readonly revokeAt?: Instant;
  /** Present once the root revoked it. */
  readonly revocation?: IssuerRevocation;
}

/** How the root revoked an issuer. */
export type IssuerRevocation = Pick<Revocation, 'revokedAt' | 'reason'>;

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

/** When the issuer came to a state last; undefined where it never did, or where that was not recorded. */
export function changedAt({ changes = [] }: Pick<Issuer, 'changes'>, to: IssuerState): Instant | undefined {
  return changes.findLast((change) => change.to === to)?.at;
}

/** States in which issuers sign what is said of their certificates. */
const SIGNING_STATES: readonly IssuerState[] = ['READY', 'ACTIVE', 'DRAINING'];

/**
 * Whether an issuer signs revocation lists and the certificates of responders. A compromised one does until the root revokes
 * it: verifiers that check would otherwise refuse all of its certificates before their holders could renew, and whoever else
 * has the key gains nothing by it.
 */
export function signsRevocationData(
  { state, validity, revocation }: Pick<Issuer, 'state' | 'validity' | 'revocation'>,
  now: Instant,
): boolean {
  if (isOver(validity.notAfter, now)) return false;
  return SIGNING_STATES.includes(state) || (state === 'COMPROMISED' && revocation === undefined);
}
