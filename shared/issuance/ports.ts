import type { AdditionalRootChange, AdditionalRoots, TrustAnchors } from '../domain/additional-root.ts';
import type {
  DraftedIssuer,
  Issuer,
  IssuerChange,
  IssuerRevocation,
  IssuerState,
  Root,
} from '../domain/authority.ts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import type { Ceremony, CeremonyOutcome, Purpose } from '../domain/ceremony.ts';
import type {
  CertificateRecord,
  CertificateState,
  CertificateSummary,
  RecordWithDeployments,
  SigningAttempt,
} from '../domain/certificate-record.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { DnsName } from '../domain/dns-name.ts';
import type { ExclusiveName } from '../domain/exclusive-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { IpAddress } from '../domain/ip-address.ts';
import type { NameRecord } from '../domain/name-record.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { RootSlot } from '../domain/slot.ts';

/*
 * What issuing needs from the outside. Adapters: `shared/store` (DynamoDB) and `shared/kms`; fakes: `test/fakes`;
 * one contract suite for each port in `test/contract`.
 *
 * Every store method throws `AppError('try_again')` where contention or throttling outlasts its bounded retries.
 */

/** Waits that many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

/** All that an enrollment must know before it decides, read consistently in one round trip. */
export interface EnrollmentView extends TrustAnchors {
  readonly token: BootstrapToken | undefined;
  /** The certificate that was reserved for this token and key; the reservation outlives the token by 7 days. */
  readonly reservation: { readonly serialNumber: SerialNumber; readonly followUntil: Instant } | undefined;
  /** Version 0 where the name was never claimed. */
  readonly name: NameRecord;
  /** Who claimed the DNS names and IP addresses, each once; version 0 where one was never claimed. */
  readonly exclusive: readonly ExclusiveName[];
  readonly issuers: readonly Issuer[];
  /** Whether this public key is on the list of compromised keys. */
  readonly keyBlocked: boolean;
}

export interface Reservation {
  /** In state RESERVED, with the lease of its maker. */
  readonly record: CertificateRecord;
  /** The name as it shall be; its version is the one that was read plus 1. */
  readonly name: NameRecord;
  /** The DNS names and IP addresses that it claims, as they shall be, in the same way; none where it claims none. */
  readonly exclusive: readonly ExclusiveName[];
  /** Until when retries find the reservation: the token's expiry plus 7 days. */
  readonly followUntil: Instant;
}

/**
 * - `reserved`: everything is written.
 * - `exists`: this token and key have a reservation already; nothing was written.
 * - `slot_full`: the use counter `record.useSlot` has no use left; nothing was written, another counter may have.
 * - `token_closed`: the token was revoked or has expired meanwhile; nothing was written.
 * - `key_blocked`: the key was blocked meanwhile; nothing was written.
 * - `name_changed`: another request claimed or released one of the names meanwhile; nothing was written.
 */
export type ReserveOutcome =
  | 'reserved'
  | 'exists'
  | 'slot_full'
  | 'token_closed'
  | 'key_blocked'
  | 'name_changed';

/** The deployments that administrators send for certificates, beside their records. */
export interface DeploymentLedger {
  /**
   * Replaces the deployment that an administrator sent for a certificate whose record is ISSUED; for any other, nothing
   * happens. The last write stays.
   */
  recordAdministratorDeployment(serialNumber: SerialNumber, deployment: string): Promise<void>;
}

/** A record that is not finished. */
export type OpenReservation = Pick<CertificateRecord, 'serialNumber' | 'reservedAt'>;

/** The ledger of certificates and what guards it. */
export interface IssuanceStore {
  /** One round trip. Unknown tokens and names read as undefined and version 0. */
  readForEnrollment(query: {
    readonly tokenId: string;
    readonly publicKeySha256: string;
    readonly name: CommonName;
    readonly dnsNames: readonly DnsName[];
    readonly ipAddresses: readonly IpAddress[];
  }): Promise<EnrollmentView>;

  /** All or nothing: counts the use, claims the names, writes the reservation and the record; not for a blocked key. */
  reserve(reservation: Reservation, now: Instant): Promise<ReserveOutcome>;

  /** Indexes of the token's use counters that have a use left. */
  freeUseSlots(token: Pick<BootstrapToken, 'id' | 'maxUses'>): Promise<readonly number[]>;

  /** Consistent. */
  certificate(serialNumber: SerialNumber): Promise<CertificateRecord | undefined>;

  /** Consistent. */
  issuer(id: string): Promise<Issuer | undefined>;

  /**
   * Makes `owner` the one that may sign, if the record is RESERVED and its lease has ended before `now`. Returns the
   * record as it is then: the caller that `lease.owner` names may sign.
   */
  takeLease(
    serialNumber: SerialNumber,
    lease: { readonly owner: string; readonly until: Instant },
    now: Instant,
  ): Promise<CertificateRecord | undefined>;

  /**
   * RESERVED becomes ISSUED with its certificate, and the deployment for which it was asked. Returns the record as it is
   * then: a caller that lost a race reads the winner's certificate, or VOID; its attempts are noted all the same.
   */
  commit(
    reserved: Pick<CertificateRecord, 'serialNumber' | 'validity'>,
    issued: {
      readonly certificate: Uint8Array;
      readonly issuedAt: Instant;
      readonly attempts: readonly SigningAttempt[];
      /** Of the host. @default - none is recorded */
      readonly deployment?: string | undefined;
    },
  ): Promise<CertificateRecord | undefined>;

  /**
   * Replaces the deployment that the host sent, on a record that is ISSUED; on any other, nothing happens. The last write
   * stays. Tries for 2 seconds at most, since no certificate depends on it.
   */
  recordHostDeployment(serialNumber: SerialNumber, deployment: string): Promise<void>;

  /**
   * After failed signing: notes the attempts, and ends the lease if it is still that of `owner`, so that a retry in the
   * same second need not wait for it.
   */
  releaseLease(
    serialNumber: SerialNumber,
    owner: string,
    attempts: readonly SigningAttempt[],
    now: Instant,
  ): Promise<void>;

  /**
   * Records that are RESERVED since before `before`, oldest first within a page; up to `limit` from each part of the
   * index. The cursor is a page's own, for the next one; a record may be seen again that was given up meanwhile.
   */
  openReservations(query: {
    readonly before: Instant;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<Page<OpenReservation>>;

  /** Consistent; version 0 where the name was never claimed. */
  name(name: CommonName): Promise<NameRecord>;

  /** Who claimed the DNS names and IP addresses, each once. Consistent; version 0 where one was never claimed. */
  exclusiveNames(
    names: Pick<CertificateRecord, 'dnsNames' | 'ipAddresses'>,
  ): Promise<readonly ExclusiveName[]>;

  /**
   * All or nothing: RESERVED becomes VOID (revoked at `now`), its use is given back, its reservation removed, the names
   * written as given; of a renewal, which was not counted, its predecessor forgets it. `changed`: the record is no longer RESERVED, its lease still runs, or a name moved on; nothing
   * was written.
   */
  voidReservation(
    record: CertificateRecord,
    name: NameRecord | undefined,
    exclusive: readonly ExclusiveName[],
    now: Instant,
  ): Promise<'voided' | 'changed'>;
}

/** A page of a listing; `cursor` is opaque and undefined at the end. A page may have fewer items than requested. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly cursor: string | undefined;
}

export interface TokenStore {
  /** @throws AppError `try_again` where the id exists already (a new id is drawn on retry). */
  createToken(token: BootstrapToken): Promise<void>;
  token(id: string): Promise<{ readonly token: BootstrapToken; readonly uses: number } | undefined>;
  /** Newest first. `uses` is counted at reading time. @throws AppError `malformed_request` for a foreign cursor. */
  listTokens(query: {
    readonly limit: number;
    readonly cursor?: string;
    readonly now: Instant;
  }): Promise<Page<{ readonly token: BootstrapToken; readonly uses: number }>>;
  /** Closes the token for new reservations, at once and for good. False where there is no such token. */
  revokeToken(id: string, now: Instant): Promise<boolean>;
}

export interface CertificateListing {
  /**
   * In order of expiry, soonest first, from the authority's beginning; with `name`, that name's, latest expiry first.
   * Those that are RESERVED are listed once they are signed or given up. Reads an index that may lag the ledger by a moment.
   * @throws AppError `malformed_request` for a foreign cursor.
   */
  listCertificates(query: {
    readonly limit: number;
    readonly cursor?: string;
    readonly now: Instant;
    /** Those that expire then or later. */
    readonly expiresAfter?: Instant;
    readonly expiresBefore?: Instant;
    readonly name?: CommonName;
    readonly profile?: ProfileName;
    readonly state?: CertificateState;
  }): Promise<Page<CertificateSummary>>;
  certificate(serialNumber: SerialNumber): Promise<RecordWithDeployments | undefined>;
}

/** The CAs of the authority, and whom its hosts trust besides. */
export interface Authority extends TrustAnchors {
  readonly issuers: readonly Issuer[];
}

export interface AuthorityStore {
  /** Consistent, in one round trip. */
  readAuthority(): Promise<Authority>;
  /** Writes a root or issuer that is not there yet; returns what is there then (the earlier one where it existed). */
  reserveRoot(root: Root): Promise<Root>;
  commitRoot(id: string, certificate: Uint8Array): Promise<Root>;
  reserveIssuer(issuer: Issuer): Promise<Issuer>;
  /** PENDING becomes READY with its certificate. Returns what is there then. */
  commitIssuer(id: string, certificate: Uint8Array, change: IssuerChange): Promise<Issuer>;
  /**
   * All or nothing: each issuer changes its state, if all of them, and those in `unchanged`, are still in the states given.
   * `refused`: one is not; nothing was written.
   */
  changeIssuers(
    transitions: readonly IssuerTransition[],
    unchanged?: readonly Pick<Issuer, 'id' | 'state'>[],
  ): Promise<'changed' | 'refused'>;
  /**
   * The root revokes a COMPROMISED issuer, once: the first time and reason stay. A stored OCSP response about it is deleted.
   * False where it was revoked already, or is not compromised.
   */
  revokeIssuer(
    issuer: Pick<DraftedIssuer, 'id' | 'serialNumber'>,
    revocation: IssuerRevocation,
  ): Promise<boolean>;
  /**
   * Writes them if their version is the next one, and what changed, for the events about it; `changed`: another writer was
   * faster, and nothing was written.
   */
  replaceAdditionalRoots(
    next: AdditionalRoots,
    changes: readonly AdditionalRootChange[],
  ): Promise<'replaced' | 'changed'>;
}

/** An issuer leaves a state for another. */
export interface IssuerTransition {
  readonly id: string;
  readonly from: IssuerState;
  readonly change: IssuerChange;
  /** What else is set; an earlier `revokeAt` stays, and the transition is refused. */
  readonly set?: Partial<Pick<Issuer, 'drainedAt' | 'compromisedAt' | 'revokeAt'>>;
}

/** What a signature is for: a use of a root's key, or a certificate that is recorded. */
export type SignatureUse = Purpose | { readonly serialNumber: SerialNumber };

/** Signs with a CA key that stays where it is. */
export interface CaSigner {
  /**
   * Signs a digest; the signature is as X.509 carries it (RSA: PKCS#1 octets; ECDSA: DER Ecdsa-Sig-Value). Retries by
   * itself inside its time budget, 8 seconds at most (leases are made to outlast it); every attempt is in `attempts`.
   * @param use what it is for: for the record of the roots' uses, and for the log of the attempts.
   * @throws SigningError with the attempts, where the budget ends without a signature.
   */
  sign(
    key: Pick<Issuer, 'keyArn' | 'keySpec'>,
    digest: Uint8Array,
    use?: SignatureUse,
  ): Promise<{ readonly signature: Uint8Array; readonly attempts: readonly SigningAttempt[] }>;

  /**
   * DER SubjectPublicKeyInfo of the key, as KMS has it.
   * @param root that has the key, which may be disabled, and who wants to know: KMS says nothing of a disabled key.
   */
  publicKey(
    keyArn: string,
    root?: Pick<RootSlot, 'id' | 'disabledBetweenUses'> & Pick<Purpose, 'by'>,
  ): Promise<Uint8Array>;
}

/** The record of every use of the roots' keys. Nothing leaves it. */
export interface CeremonyLog {
  /** Records a use that begins; one that is there stays. */
  begin(ceremony: Ceremony): Promise<void>;
  /** Adds how it ended, and the requests that KMS got. Nothing happens where it did not begin. */
  end(
    ceremony: Pick<Ceremony, 'at' | 'digest' | 'keyArn'>,
    outcome: CeremonyOutcome,
    kmsRequestIds: readonly string[],
  ): Promise<void>;
  /** The last ones, at most 100, from the one that began last. Consistent. */
  lastCeremonies(count: number): Promise<readonly Ceremony[]>;
}

/** The states of CA keys in KMS. A change may take some seconds to reach all of KMS. */
export interface KeyStates {
  /** @returns as KMS names it: `Enabled`, `Disabled`, `PendingDeletion`. @throws SigningError */
  stateOf(keyArn: string): Promise<string>;
  /** An enabled key stays enabled. @throws SigningError, for a key whose deletion is scheduled too. */
  enable(keyArn: string): Promise<void>;
  /** A disabled key stays disabled. @throws SigningError, for a key whose deletion is scheduled too. */
  disable(keyArn: string): Promise<void>;
}

/** KMS gave no signature; the attempts are recorded all the same. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
  readonly attempts: readonly SigningAttempt[];
  /** Whether a later try may succeed (throttling, outage) or not (key disabled, access denied). */
  readonly retryable: boolean;

  constructor(message: string, attempts: readonly SigningAttempt[], retryable: boolean, cause: unknown) {
    super(message, { cause });
    this.attempts = attempts;
    this.retryable = retryable;
  }
}
