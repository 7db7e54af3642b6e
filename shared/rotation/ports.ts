import type { AdditionalRootChange, TrustAnchors } from '../domain/additional-root.ts';
import type {
  Acknowledgement,
  Adoption,
  CrossCertificate,
  DraftedIssuer,
  Issuer,
  IssuerChange,
  KmsRoot,
  Root,
  RootChange,
  RootState,
} from '../domain/authority.ts';
import type { CertificateRecord, CertificateSummary } from '../domain/certificate-record.ts';
import type { ExclusiveName } from '../domain/exclusive-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { NameRecord } from '../domain/name-record.ts';
import type { Replacement, ReplacementSelector } from '../domain/replacement.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { Slot } from '../domain/slot.ts';
import type { IssuanceStore } from '../issuance/ports.ts';

/*
 * What renewal and rotation need from the outside. Adapter: `shared/store`; fake: `test/fakes`; one contract suite for
 * each port in `test/contract`.
 *
 * Every store method throws `AppError('try_again')` where contention or throttling outlasts its bounded retries.
 */

/** The CA keys that the template declares. */
export interface SlotStore {
  /** Roots first, then issuers, in the order of the settings. Consistent. */
  readSlots(): Promise<readonly Slot[]>;
  /** Writes a slot, unless one of this id has another key. Returns what is there then. */
  writeSlot(slot: Slot): Promise<Slot>;
  /** Removes a slot that has this key; no other. */
  removeSlot(slot: Pick<Slot, 'id' | 'keyArn'>): Promise<void>;
}

/** The stacks of CloudFormation in the account and Region. */
export interface Stacks {
  /** Whether CloudFormation takes the last deployment of a stack back. @param stackId ARN */
  isRollingBack(stackId: string): Promise<boolean>;
  /** Names of other stacks that hold the keys of an authority. @param stackId ARN of the one that is left out */
  otherAuthorities(stackId: string): Promise<readonly string[]>;
}

/** A step of a root from one state to the next. */
export interface RootTransition {
  readonly id: string;
  readonly from: RootState;
  readonly change: RootChange;
}

/** What happens to roots that follow another one, and to roots after they are issued. */
export interface RootStore {
  /**
   * Records a root that follows another one, unless it is there. Returns what is there then; undefined where another root
   * follows the same one: nothing was written.
   */
  reserveNextRoot(root: KmsRoot & { readonly predecessorId: string }): Promise<Root | undefined>;
  /** Records the cross-certificate of a root that is ISSUED and has none. Returns what is there then. */
  reserveCross(id: string, cross: CrossCertificate): Promise<CrossCertificate>;
  /** ISSUED becomes TRUSTED with its cross-certificate; any other state stays. Returns what is there then. */
  commitCross(id: string, certificate: Uint8Array, change: RootChange): Promise<Root>;
  /** Replaces the acknowledgement of a root that is TRUSTED; on any other, nothing happens. Returns what is there then. */
  acknowledge(id: string, acknowledgement: Acknowledgement): Promise<Root>;
  /** All or nothing. Returns the roots as they are then; undefined where one of them was in another state. */
  changeRoots(transitions: readonly RootTransition[]): Promise<readonly Root[] | undefined>;
  /** Adds the hash of a trust bundle that contains the root. Returns what is there then. */
  noteBundle(id: string, sha256: string): Promise<Root>;
  /** Replaces what was measured. Returns what is there then. */
  noteAdoption(id: string, adoption: Adoption): Promise<Root>;
}

/** What the record of a certificate says of its host's trust. */
export type HostTrust = Pick<CertificateRecord, 'profile' | 'predecessor' | 'trustSha256'>;

/** Which trust the holders of certificates reported. */
export interface AdoptionRecords {
  /** Of at most 100 certificates; one that is not recorded is left out. Consistent. */
  trustOf(serialNumbers: readonly SerialNumber[]): Promise<readonly HostTrust[]>;
  /** How many of at most 100 certificates have a successor that its host confirmed. Consistent. */
  countConfirmed(serialNumbers: readonly SerialNumber[]): Promise<number>;
}

/** The certificates that hosts ask about. */
export interface RenewalRecords {
  /** Consistent. */
  certificate(serialNumber: SerialNumber): Promise<CertificateRecord | undefined>;
}

/**
 * What the stream of the ledger says of a certificate. `revoked`: it entered its revocation list, or somebody says so, who
 * knows no time. `changed`: its record was changed, for example because it was signed.
 */
export type CertificateChange =
  | { readonly serialNumber: SerialNumber; readonly change: 'revoked'; readonly at?: Instant }
  | { readonly serialNumber: SerialNumber; readonly change: 'changed'; readonly at: Instant };

/** Records of certificates, to tell what happened to them. */
export interface CertificateRecords {
  /** Those that are recorded, in this order. Consistent. */
  certificates(serialNumbers: readonly SerialNumber[]): Promise<readonly CertificateRecord[]>;
}

/** Something that operators and their programs may react to. */
export interface RotationEvent {
  /** The same for the same event, however often it is published. */
  readonly id: string;
  readonly type: `${'certificate' | 'enrollment' | 'issuer' | 'root' | 'signature'}.${string}`;
  readonly at: Instant;
  /** JSON; it holds no secret. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where events are published. */
export interface Events {
  /**
   * Publishes all of them, each at least once; those of a call that fails may be out all the same.
   *
   * @throws AppError `try_again` where some were not taken, after bounded retries.
   */
  publish(events: readonly RotationEvent[]): Promise<void>;
}

/** Which events about issuers and roots were published. */
export interface PublishedEvents {
  /** Grows with each change; 0 where none was published yet. */
  readonly version: number;
  readonly ids: readonly string[];
}

/** What events are made of besides the records of issuers and roots, and which were published. */
export interface AuthorityEventLog {
  /** Consistent; changes of additional roots are kept for 90 days. */
  readEventLog(): Promise<{
    readonly changes: readonly AdditionalRootChange[];
    readonly published: PublishedEvents;
  }>;
  /** Writes them if their version is the next one; another writer may be faster, and nothing is written then. */
  notePublished(next: PublishedEvents): Promise<void>;
}

/** What the report of expiring certificates must know besides the listing. */
export interface ExpiryView {
  /** The certificate that holds the name in the profile now: another one where it was renewed or replaced. */
  readonly holder: SerialNumber | undefined;
  /** The lowest number of days that was reported; undefined where none was. */
  readonly reportedDays: number | undefined;
}

/** What was reported of expiring certificates. */
export interface ExpiryLedger {
  /** In the same order; consistent. */
  readForReport(
    certificates: readonly Pick<CertificateSummary, 'serialNumber' | 'profile' | 'name'>[],
    now: Instant,
  ): Promise<readonly ExpiryView[]>;
  /** Notes that the certificate was reported with so many days left; a lower number stays. */
  noteReported(
    certificate: Pick<CertificateSummary, 'serialNumber' | 'validity'>,
    days: number,
  ): Promise<void>;
}

/** The live certificates that a mass replacement would select. */
export interface SelectedCertificates {
  /**
   * How many there are at `now`, expired and revoked ones left out. Reads an index that may lag the ledger by a moment.
   * Undefined where they are too many to count in the time.
   */
  countSelected(
    selector: ReplacementSelector,
    now: Instant,
    remainingMilliseconds: () => number,
  ): Promise<number | undefined>;
}

/** Mass replacements, to be made and ended. */
export interface ReplacementStore extends Replacements {
  /** Writes a new one. @throws AppError `try_again` where the id exists already. */
  createReplacement(replacement: Replacement): Promise<void>;
  /** False where it is gone already. */
  deleteReplacement(replacement: Pick<Replacement, 'id' | 'createdAt'>): Promise<boolean>;
}

/** What administrators want renewed before its time. */
export interface Replacements {
  /** All of them, oldest first; consistent. There are few. */
  replacements(): Promise<readonly Replacement[]>;
}

/** All that a renewal must know before it decides; consistent. */
export interface RenewalView extends TrustAnchors {
  /** The certificate that is to be renewed. */
  readonly record: CertificateRecord;
  /** The record of its successor. */
  readonly successor: CertificateRecord | undefined;
  /** Of the record; version 0 where it was never claimed. */
  readonly name: NameRecord;
  /** Who claimed the DNS names and IP addresses of the record, each once; version 0 where one was never claimed. */
  readonly exclusive: readonly ExclusiveName[];
  readonly issuers: readonly Issuer[];
  /** Whether the new public key is on the list of compromised keys. */
  readonly newKeyBlocked: boolean;
  /** Whether that of the record is. False where nothing else made a second look necessary: reserving asks again. */
  readonly keyBlocked: boolean;
}

/** What a renewal is read by. */
export interface RenewalQuery {
  /** The record's; the thumbprint is the hex SHA-256 of the certificate's DER. */
  readonly reference: { readonly serialNumber: SerialNumber } | { readonly thumbprint: string };
  /** Hex SHA-256 of the new public key. */
  readonly publicKeySha256: string;
  /** What the record's names may be: where they are right, one round trip is enough. */
  readonly likely: Pick<CertificateRecord, 'dnsNames' | 'ipAddresses'> & {
    readonly name: CertificateRecord['name'] | undefined;
  };
}

/** A certificate that is to renew another one. */
export interface SuccessorReservation {
  /** In state RESERVED, with the lease of its maker. */
  readonly record: CertificateRecord;
  /** The certificate that it renews, as it was read. */
  readonly predecessor: CertificateRecord;
  /** The successor in whose place it steps, as it was read. @default - there was none */
  readonly replaced: CertificateRecord | undefined;
  /** The name as it shall be; its version is the one that was read plus 1. */
  readonly name: NameRecord;
  /** The DNS names and IP addresses that it claims, as they shall be, in the same way; none where it claims none. */
  readonly exclusive: readonly ExclusiveName[];
}

/**
 * - `reserved`: everything is written.
 * - `key_blocked`, `new_key_blocked`: the key of the predecessor, or the new one, is blocked; nothing was written.
 * - `changed`: the predecessor, its successor or a name moved on since it was read; nothing was written.
 */
export type SuccessorOutcome = 'reserved' | 'key_blocked' | 'new_key_blocked' | 'changed';

/** The ledger of certificates, to renew them in. */
export interface RenewalStore
  extends Pick<
    IssuanceStore,
    'takeLease' | 'commit' | 'releaseLease' | 'certificate' | 'issuer' | 'recordHostDeployment'
  > {
  /** Undefined where there is no such record. By thumbprint, it reads an index that may lag the ledger by a moment. */
  readForRenewal(query: RenewalQuery): Promise<RenewalView | undefined>;

  /**
   * All or nothing: writes the record, names it in its predecessor, claims the names for it, notes it in the history; what it
   * replaces is revoked as superseded. Not for a predecessor that is not ISSUED, or whose successor is confirmed.
   */
  reserveSuccessor(reservation: SuccessorReservation): Promise<SuccessorOutcome>;
}

/** The ledger of certificates, to confirm successors in. */
export interface ConfirmationLedger {
  /** Consistent. */
  certificate(serialNumber: SerialNumber): Promise<CertificateRecord | undefined>;

  /**
   * Notes that the successor is in use, on the predecessor and in its history. `changed`: it is no longer the successor, or
   * was confirmed before; nothing was written.
   *
   * @param by - for the history
   */
  confirmSuccessor(
    predecessor: SerialNumber,
    successor: SerialNumber,
    confirmed: { readonly at: Instant; readonly by: string },
  ): Promise<'confirmed' | 'changed'>;
}

/** What an issuer's certificate from outside says, and which root it is below. */
export type InstalledCertificate = Pick<
  DraftedIssuer,
  'rootId' | 'serialNumber' | 'validity' | 'tbsSha256'
> & { readonly certificate: Uint8Array; readonly chain: readonly Uint8Array[] };

/** Issuers below an external root: their CSRs, and what the CA of that root makes of them. */
export interface ExternalIssuerStore {
  /** The CSR of a PENDING issuer, once: the first one stays. Returns what is there then. */
  commitRequest(id: string, csr: Uint8Array): Promise<Issuer>;
  /**
   * An issuer gets its certificate from outside, if it is still in the state given, and has the certificate given: PENDING
   * becomes READY, and READY may get another one. `refused`: it is not; nothing was written.
   */
  installCertificate(
    issuer: Pick<Issuer, 'id' | 'state' | 'tbsSha256'>,
    installed: InstalledCertificate,
    change: IssuerChange,
  ): Promise<'installed' | 'refused'>;
}

/** A call of KMS Sign, as CloudTrail recorded it. */
export interface KeyUse {
  /** Of CloudTrail: the same for a duplicate. */
  readonly eventId: string;
  readonly at: Instant;
  readonly keyArn: string;
  /** Of KMS, which the caller gets in the header `x-amzn-requestid`. */
  readonly requestId: string;
  /** ARN of the principal, as in `userIdentity.arn`; empty where CloudTrail names none. */
  readonly principal: string;
  /** The error that the caller got; undefined where it got a signature. */
  readonly error: string | undefined;
}

/** A call of KMS Sign, as a function of the service logged it. */
export interface LoggedAttempt {
  /** Name of the function in AWS: that of its role's session. */
  readonly functionName: string;
  readonly at: Instant;
  /** Undefined where no response came: KMS may have signed all the same. */
  readonly requestId: string | undefined;
  /** The certificate that it was for, as the function says; undefined where it was for something else, or a version of before signed it. */
  readonly serialNumber: SerialNumber | undefined;
}

/**
 * A look at the uses of a time: an hour after its end, so that an alarm rings soon; and a day after, so that a late record
 * of CloudTrail is found too.
 */
export type Pass = 'early' | 'late';

/** There are more uses than were to be read at once. */
export interface TooManyUses {
  /** In so long, the last ones of the span, as many as were to be read: the history answers newest first. */
  readonly withinSeconds: number;
}

/** Where CloudTrail's event history and the logs of the signing functions are read. */
export interface SignatureRecords {
  /** Uses of any KMS key, from `from` and before `to`; duplicates may be among them. */
  keyUses(from: Instant, to: Instant, atMost: number): Promise<readonly KeyUse[] | TooManyUses>;
  /**
   * Attempts that the signing functions logged in that time: those with one of these ids, and those without any. What they log
   * besides is not kept, so that replaced code cannot fill the memory with it.
   */
  loggedAttempts(
    from: Instant,
    to: Instant,
    requestIds: ReadonlySet<string>,
  ): Promise<readonly LoggedAttempt[]>;
}

/** The certificates that are recorded. */
export interface RecordedCertificates {
  /** Those of these that are, in any state. Undefined where nobody can tell: the table was restored, and is not merged. */
  recordedAmong(serialNumbers: readonly SerialNumber[]): Promise<ReadonlySet<SerialNumber> | undefined>;
}

/** How far each pass has come. */
export interface ReconciliationProgress {
  /** Without the passes that never came to an end of a span. Consistent. */
  readProgress(): Promise<Readonly<Partial<Record<Pass, Instant>>>>;
  /** Moves a pass forward; one that another run has moved further stays. */
  noteProgress(pass: Pass, until: Instant): Promise<void>;
}

/** A domain of API Gateway, and the trust store that it uses. */
export interface DomainTrust {
  readonly version: string | undefined;
  /** `AVAILABLE`, or what API Gateway is doing with it or waits for (API reference, DomainName). */
  readonly status: string;
  /** What API Gateway says of certificates in the trust store. */
  readonly warnings: readonly string[];
}

/** The domain of API Gateway that accepts only clients with a certificate of this authority. */
export interface MutualTlsDomain {
  /**
   * Version of the trust store that is published; undefined where the bucket has no versions.
   *
   * @throws AppError `try_again` where it does not have this etag.
   */
  publishedVersion(etag: string): Promise<string | undefined>;
  /** How the domain is; undefined where it does not exist. */
  trustStore(): Promise<DomainTrust | undefined>;
  /**
   * Has the domain use a version.
   *
   * @returns API Gateway's warnings; undefined where the domain does not exist.
   * @throws AppError `try_again`
   */
  takeVersion(version: string): Promise<readonly string[] | undefined>;
}
