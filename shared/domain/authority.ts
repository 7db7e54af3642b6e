import { type Instant, instant, isOver } from './instant.ts';
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
 * before it `-> DRAINING` (trusted while issuers below it live) `-> RETIRED` (out of the bundle; signs nothing). An external
 * root that is TRUSTED `-> RETIRED` while the settings do not declare it.
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

/** What roots of every kind have. */
interface RootLife {
  /** For example `root-1`. */
  readonly id: string;
  /** Of every identity below it: recorded here because it never changes. */
  readonly trustDomain: TrustDomain;
  readonly state: RootState;
  readonly validity: Validity;
  readonly createdAt: Instant;
  /** The root that it takes over from; absent for the first. */
  readonly predecessorId?: string;
  /** How it came to its state, oldest first; absent for the first root until it changes. */
  readonly changes?: readonly RootChange[];
  readonly acknowledgement?: Acknowledgement;
  /** Hex SHA-256 of trust bundles that contain it, as they were while it waited to be activated. */
  readonly bundles?: readonly string[];
  readonly adoption?: Adoption;
}

/** A root whose key is in KMS: it certifies issuers, and signs revocation lists. */
export interface KmsRoot extends RootLife {
  readonly kind: 'kms';
  readonly keyArn: string;
  readonly keySpec: CaKeySpec;
  readonly serialNumber: string;
  readonly tbsSha256: string;
  /** DER; absent while RESERVED. */
  readonly certificate?: Uint8Array;
  /** Present once it is recorded; by the root that it takes over from. */
  readonly cross?: CrossCertificate;
}

/** A root of a CA outside of this service, as the settings give it: that CA certifies the issuers, and revokes them. */
export interface ExternalRoot extends RootLife {
  readonly kind: 'external';
  /** DER. */
  readonly certificate: Uint8Array;
  readonly cross?: undefined;
}

/** A root of an authority, as recorded. */
export type Root = KmsRoot | ExternalRoot;

/** What issuers have in every state. */
interface IssuerLife {
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
  readonly createdAt: Instant;
  /** How it came to its state, oldest first; absent before the first change, and in records of earlier versions. */
  readonly changes?: readonly IssuerChange[];
  /** Since when it issues nothing new; present once it is DRAINING. */
  readonly drainedAt?: Instant;
  /** Since when its key must be taken to be in other hands; present when COMPROMISED. */
  readonly compromisedAt?: Instant;
  /** When the root is to revoke it; present when COMPROMISED, below a root in KMS. */
  readonly revokeAt?: Instant;
  /** Present once the root revoked it. */
  readonly revocation?: IssuerRevocation;
}

/** The CSR of an issuer that an external root certifies. */
export interface IssuerRequest {
  /** Hex SHA-256 of what its signature covers, recorded before it is signed. */
  readonly tbsSha256: string;
  /** DER; absent until it is signed. */
  readonly csr?: Uint8Array;
}

/** An issuer whose certificate is there, or is recorded and about to be signed by a root in KMS. */
export interface DraftedIssuer extends IssuerLife {
  /** Hex; 36 digits below a root in KMS. */
  readonly serialNumber: string;
  readonly validity: Validity;
  readonly tbsSha256: string;
  /** DER; absent while PENDING. */
  readonly certificate?: Uint8Array;
  /** DER of the CAs between it and an external root, from the one that certified it upwards; absent below a root in KMS. */
  readonly chain?: readonly Uint8Array[];
  /** Present below an external root. */
  readonly request?: IssuerRequest;
}

/** An issuer that waits for its certificate from outside, so that nothing of it is known yet. */
export interface RequestedIssuer extends IssuerLife {
  readonly request: IssuerRequest;
  readonly serialNumber?: undefined;
  readonly validity?: undefined;
  readonly tbsSha256?: undefined;
  readonly certificate?: undefined;
  readonly chain?: undefined;
}

/** An issuing CA of an authority. Its key is a slot that the template declares. */
export type Issuer = DraftedIssuer | RequestedIssuer;

/** When the certificate of an issuer ends; long ago where it waits for one. */
export function endOf({ validity }: Pick<Issuer, 'validity'>): Instant {
  return validity?.notAfter ?? instant(0);
}

/** Whether another CA certified an issuer, or is to: then that CA revokes it, and this service cannot. */
export function isRevokedElsewhere({ request }: Pick<Issuer, 'request'>): boolean {
  return request !== undefined;
}

/** A CA that signs with a key in KMS, and its certificate. */
export type SigningCa = (KmsRoot | DraftedIssuer) & { readonly certificate: Uint8Array };

/** Whether a CA has its certificate, and a key in KMS. */
export function isSigningCa<Ca extends Root | Issuer>(ca: Ca): ca is Ca & SigningCa {
  return ca.certificate !== undefined && 'keyArn' in ca;
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
 * it: verifiers that check would otherwise refuse all of its certificates before their holders could renew, and anyone else who
 * has the key gains nothing by it.
 */
export function signsRevocationData(
  issuer: Pick<Issuer, 'state' | 'validity' | 'revocation'>,
  now: Instant,
): boolean {
  const { state, revocation } = issuer;
  if (isOver(endOf(issuer), now)) return false;
  return SIGNING_STATES.includes(state) || (state === 'COMPROMISED' && revocation === undefined);
}
