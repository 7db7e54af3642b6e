import type { CommonName } from './common-name.ts';
import type { DnsName } from './dns-name.ts';
import type { Instant } from './instant.ts';
import type { IpAddress } from './ip-address.ts';
import type { KeyKind } from './key-kind.ts';
import type { ProfileName } from './profile.ts';
import { type Revocation, SERVICE } from './revocation.ts';
import type { RevocationUrl } from './revocation-url.ts';
import type { SerialNumber } from './serial-number.ts';
import type { TrustDomain } from './trust-domain.ts';
import type { Validity } from './validity.ts';

/**
 * `RESERVED -> ISSUED -> REVOKED`, or `RESERVED -> VOID`: promised before a signature, signed, revoked, or given up
 * before it was finished (counts as revoked everywhere). Expiry is derived from the validity.
 */
export const CERTIFICATE_STATES = ['RESERVED', 'ISSUED', 'REVOKED', 'VOID'] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

/** States of certificates in listings: one is listed once it is signed or given up. */
export const LISTED_STATES = ['ISSUED', 'REVOKED', 'VOID'] as const satisfies readonly CertificateState[];

/** Everything that determines the bytes of a leaf certificate: the same input always gives the same bytes to sign. */
export interface CertificateContents {
  readonly serialNumber: SerialNumber;
  readonly issuerId: string;
  readonly trustDomain: TrustDomain;
  readonly profile: ProfileName;
  readonly name: CommonName;
  readonly dnsNames: readonly DnsName[];
  readonly ipAddresses: readonly IpAddress[];
  readonly validity: Validity;
  readonly keyKind: KeyKind;
  /** DER SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). */
  readonly publicKey: Uint8Array;
  /** Where its revocation can be looked up. Absent in records of earlier versions: their certificates have no address. */
  readonly revocationUrl?: RevocationUrl;
  /** Its list among those of its issuer: `crlShardOf` of the serial number. Present with {@link revocationUrl}. */
  readonly crlShard?: number;
}

/** One call of KMS Sign, successful or not: what CloudTrail's records are reconciled with. */
export interface SigningAttempt {
  readonly at: Instant;
  /** KMS's `x-amzn-requestid`; absent where no answer came. */
  readonly requestId?: string;
  /** `ok`, or the name of the AWS error. */
  readonly outcome: string;
}

/** The certificate that renews another one. */
export interface Successor {
  readonly serialNumber: SerialNumber;
  /** Hex SHA-256 of its public key: who asks for the same key again gets the same certificate. */
  readonly publicKeySha256: string;
  /** When its holder confirmed that it is in use; from then on nobody replaces it. */
  readonly confirmedAt?: Instant;
}

/** How many certificates of a chain were renewed since a time, one after the other. */
export interface RenewalBurst {
  readonly since: Instant;
  readonly count: number;
}

/** Who may send a deployment: an administrator with `POST /v1/kits`, or the host with its enrollment. */
export const DEPLOYMENT_SENDERS = ['administrator', 'host'] as const;

/** One of {@link DEPLOYMENT_SENDERS}. */
export type DeploymentSender = (typeof DEPLOYMENT_SENDERS)[number];

export interface CertificateRecord extends CertificateContents {
  readonly state: CertificateState;
  /** Hex SHA-256 of {@link CertificateContents.publicKey}. */
  readonly publicKeySha256: string;
  /** Hex SHA-256 of the to-be-signed bytes; recorded before anything is signed. */
  readonly tbsSha256: string;
  /** The token that allowed it. */
  readonly tokenId: string;
  /** Index of the token's use counter that it was counted on. */
  readonly useSlot: number;
  /** Whether its DNS names and IP addresses are claimed for its name; a successor of it carries the claims over. */
  readonly exclusiveDns: boolean;
  /** The caller's address as the gateway saw it. */
  readonly sourceIp: string;
  /** The request that reserved it; not unique, since callers may choose it. */
  readonly requestId: string;
  readonly reservedAt: Instant;
  /** Who may sign now, and until when; others wait. Meaningful while RESERVED. */
  readonly lease: { readonly owner: string; readonly until: Instant };
  readonly attempts: readonly SigningAttempt[];
  /** Present from ISSUED on. */
  readonly issuedAt?: Instant;
  readonly certificate?: Uint8Array;
  /**
   * What the host last sent of its deployment: text without secrets, for the kit only, and not to be trusted by an
   * administrator's tools. It says nothing of who the holder is, and a record without it is complete. May be present from
   * ISSUED on.
   */
  readonly hostDeployment?: string;
  /** Of the Elastic Agent that has the certificate, as its host reported it: not to be believed without its host name. */
  readonly fleetAgentId?: string;
  /** The certificate that it renews; absent where it was enrolled. */
  readonly predecessor?: SerialNumber;
  /** The certificate that renews it, the last of them where others were replaced. */
  readonly successor?: Successor;
  /** How often an unconfirmed successor was replaced by one with another key. Absent: never. */
  readonly successorsReplaced?: number;
  /** Hex SHA-256 of the trust bundle that its host had when it renewed, as the host reported it. */
  readonly trustSha256?: string;
  /** The renewals that led to it in a short time. Absent where it was enrolled. */
  readonly renewalBurst?: RenewalBurst;
  /** Present when VOID or REVOKED. */
  readonly revocation?: Revocation;
}

/** A record in a listing: without key, bytes and attempts. */
export type CertificateSummary = Pick<
  CertificateRecord,
  | 'serialNumber'
  | 'issuerId'
  | 'profile'
  | 'name'
  | 'dnsNames'
  | 'ipAddresses'
  | 'validity'
  | 'state'
  | 'publicKeySha256'
  | 'tokenId'
  | 'reservedAt'
  | 'issuedAt'
> &
  Partial<Pick<Revocation, 'revokedAt'>>;

/** What a revocation makes of a state: what was never signed is void. */
export function revokedState(state: CertificateState): CertificateState {
  return state === 'RESERVED' || state === 'VOID' ? 'VOID' : 'REVOKED';
}

/** A certificate record with both deployments. */
export interface RecordWithDeployments extends CertificateRecord {
  /**
   * What an administrator last sent of the deployment, in the same form. Kept apart from the record, so that its writer
   * can change nothing else.
   */
  readonly administratorDeployment: string | undefined;
  /** When it was moved to the archive; it changes no more. @default - it was not */
  readonly archivedAt?: Instant;
}

/** What the caller asks for; equal requests get the same certificate. Order does not count, nor does saying it twice. */
export function sameNames(
  a: Pick<CertificateContents, 'name' | 'dnsNames' | 'ipAddresses'>,
  b: Pick<CertificateContents, 'name' | 'dnsNames' | 'ipAddresses'>,
): boolean {
  const key = (c: typeof a) =>
    JSON.stringify([c.name, [...new Set(c.dnsNames)].sort(), [...new Set(c.ipAddresses)].sort()]);
  return key(a) === key(b);
}

/** What that sender last said of the deployment of a certificate. */
export function deploymentOf(
  record: Pick<RecordWithDeployments, 'administratorDeployment' | 'hostDeployment'>,
  sender: DeploymentSender,
): string | undefined {
  return sender === 'host' ? record.hostDeployment : record.administratorDeployment;
}

/** Whether the service gave the reservation up: its token and key may reserve again. */
export function wasGivenUp({ state, revocation }: CertificateRecord): boolean {
  return state === 'VOID' && revocation?.revokedBy === SERVICE;
}
