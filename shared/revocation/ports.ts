import type { KeyBlock, NameBlock } from '../domain/block.ts';
import type { CertificateEvent } from '../domain/certificate-event.ts';
import type { CertificateRecord, CertificateSummary } from '../domain/certificate-record.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { ExclusiveName } from '../domain/exclusive-name.ts';
import type { FleetAgent } from '../domain/fleet-agent.ts';
import type { Instant } from '../domain/instant.ts';
import type { NameRecord } from '../domain/name-record.ts';
import type { CertIdHash, StoredResponse } from '../domain/ocsp.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { Responder } from '../domain/responder.ts';
import type { Revocation, RevokedEntry } from '../domain/revocation.ts';
import type { SerialNumber } from '../domain/serial-number.ts';

/*
 * What revocation needs from the outside. Adapter: `shared/store`; fake: `test/fakes`; one contract suite for each port
 * in `test/contract`.
 *
 * Every store method throws `AppError('try_again')` where contention or throttling outlasts its bounded retries.
 */

/** Waits that many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

/** What the revocation lists are made of. */
export interface RevokedCertificates {
  /**
   * Everything revoked in one shard of an issuer (VOID included), consistently, in order of serial number; in pages of
   * any size. Entries may be missing from 90 days after their certificate expired.
   */
  revokedEntries(issuerId: string, shard: number): AsyncIterable<readonly RevokedEntry[]>;
}

/** A shard that something was revoked in. */
export interface ChangedShard {
  readonly issuerId: string;
  readonly shard: number;
}

/** What a certificate claimed, as it shall be once the certificate is revoked; versions are those read plus 1. */
export interface Released {
  /** @default - it did not hold its name */
  readonly name?: NameRecord | undefined;
  readonly exclusive: readonly ExclusiveName[];
}

/** The ledger of certificates, to revoke them in. */
export interface RevocationLedger {
  /** Consistent. */
  certificate(serialNumber: SerialNumber): Promise<CertificateRecord | undefined>;

  /** Consistent; in the same order, without those that are not recorded. */
  certificates(serialNumbers: readonly SerialNumber[]): Promise<readonly CertificateRecord[]>;

  /** Consistent; version 0 where the name was never claimed. */
  name(name: CommonName): Promise<NameRecord>;

  /** Who claimed the DNS names and IP addresses, each once. Consistent; version 0 where one was never claimed. */
  exclusiveNames(
    names: Pick<CertificateRecord, 'dnsNames' | 'ipAddresses'>,
  ): Promise<readonly ExclusiveName[]>;

  /**
   * All or nothing: ISSUED becomes REVOKED, and RESERVED becomes VOID whoever holds its lease; its entry for the
   * revocation list and its history are written, the names as given; a stored OCSP response is deleted; a
   * compromised key is blocked. `changed`: the record is not in the given state, was renewed since, or a name moved on; nothing was
   * written.
   */
  revoke(
    record: CertificateRecord,
    revocation: Revocation,
    released: Released,
  ): Promise<'revoked' | 'changed'>;

  /** Consistent, oldest first. */
  history(serialNumber: SerialNumber): Promise<readonly CertificateEvent[]>;
}

/** The certificates of a name. */
export interface NameCertificates {
  /** Latest expiry first. Reads an index that may lag the ledger by a moment. */
  listCertificates(query: {
    readonly name: CommonName;
    readonly profile: ProfileName;
    readonly limit: number;
    readonly cursor?: string;
    readonly now: Instant;
  }): Promise<{
    readonly items: readonly Pick<CertificateSummary, 'serialNumber' | 'validity'>[];
    readonly cursor: string | undefined;
  }>;
}

/** A token and its certificates. */
export interface TokenCertificates {
  /** Closes the token for new reservations, at once and for good. False where there is no such token. */
  revokeToken(id: string, now: Instant): Promise<boolean>;

  /**
   * Consistently, in order of public-key hash: those behind the key `after`. `cursor` is the last one's hash, undefined at
   * the end.
   */
  certificatesOfToken(query: {
    readonly tokenId: string;
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<{ readonly serialNumbers: readonly SerialNumber[]; readonly cursor: string | undefined }>;
}

/** Names and keys that get no certificate. */
export interface BlockLedger {
  /** Consistent. */
  name(name: CommonName): Promise<NameRecord>;
  /** Consistent. */
  nameBlock(profile: ProfileName, name: CommonName): Promise<NameBlock | undefined>;
  /** Writes the name as it shall be, and its block. `changed`: the name moved on; nothing was written. */
  blockName(name: NameRecord, block: NameBlock): Promise<'blocked' | 'changed'>;
  /** Writes the name as it shall be, and removes its block. `changed`: the name moved on; nothing was written. */
  unblockName(name: NameRecord, block: Pick<NameBlock, 'profile' | 'name'>): Promise<'unblocked' | 'changed'>;
  /** The key is blocked for good; returns its block, the first one where there was one. */
  blockKey(block: KeyBlock): Promise<KeyBlock>;
  /** Consistent; keys first, in order of hash, then names. @throws AppError `malformed_request` for a foreign cursor. */
  listBlocks(query: { readonly limit: number; readonly cursor?: string | undefined }): Promise<{
    readonly items: readonly (NameBlock | KeyBlock)[];
    readonly cursor: string | undefined;
  }>;
}

/** An object that is published for everybody, without its content. */
export interface PublishedObject {
  /** Opaque; changes with the content. */
  readonly etag: string;
  /** By lower-case name; ASCII. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object that is to be published. */
export interface ObjectContent {
  readonly body: Uint8Array;
  /** Media type. */
  readonly contentType: string;
  /** How long caches may keep it. */
  readonly maxAgeSeconds: number;
  /** By lower-case name; ASCII. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Where revocation data are published, by path (`shared/domain/revocation-points.ts`). Reads see the last write.
 *
 * Every method throws `AppError('try_again')` where the store does not answer.
 */
export interface ObjectStore {
  /** Undefined where there is none. */
  describe(path: string): Promise<PublishedObject | undefined>;
  /** Undefined where there is none. */
  read(path: string): Promise<(PublishedObject & { readonly body: Uint8Array }) | undefined>;
  /**
   * Replaces the object whose etag is `expected`; where that is undefined, there must be none. `conflict`: there is
   * another one, or another write is under way; nothing was written. An earlier write whose answer was lost is one too.
   */
  replace(
    path: string,
    content: ObjectContent,
    expected: string | undefined,
  ): Promise<'replaced' | 'conflict'>;
}

/** What OCSP must know of a leaf certificate before it answers. */
export interface OcspView {
  /** Undefined where it is not recorded. */
  readonly record:
    | (Pick<CertificateRecord, 'issuerId' | 'state'> & {
        readonly notAfter: Instant;
        /** Present when VOID or REVOKED. */
        readonly revocation?: Pick<Revocation, 'revokedAt' | 'reason'>;
      })
    | undefined;
  /** The response that was signed last, however old. */
  readonly stored: StoredResponse | undefined;
  /** Until when another may be signing a response. */
  readonly leasedUntil: Instant | undefined;
}

/** The responses that OCSP serves: at most one at a time for each certificate and hash. */
export interface OcspStore {
  /** Consistent, in one round trip. */
  readForOcsp(serialNumber: SerialNumber, hash: CertIdHash): Promise<OcspView>;

  /**
   * Makes `owner` the one that may sign responses about the certificate: if nobody's lease runs at `now`, and no other
   * response was stored since one of `seen` (its thisUpdate) was read. A revocation ends the lease.
   */
  takeOcspLease(
    serialNumber: SerialNumber,
    lease: {
      readonly owner: string;
      readonly until: Instant;
      readonly hash: CertIdHash;
      readonly seen: Instant | undefined;
    },
    now: Instant,
  ): Promise<boolean>;

  /** Stores the response and ends the lease, if it is still that of `owner`; false where it is not. */
  storeResponse(
    serialNumber: SerialNumber,
    signed: { readonly owner: string; readonly hash: CertIdHash; readonly response: StoredResponse },
    now: Instant,
  ): Promise<boolean>;
}

/** The certificates of OCSP responders. */
export interface ResponderStore {
  /** The last ones of a CA, newest first, at least two where there are; consistent. */
  responders(caId: string): Promise<readonly Responder[]>;
  /** Writes one whose sequence number is free; returns what is there then (the earlier one where it is taken). */
  reserveResponder(responder: Responder): Promise<Responder>;
  /** RESERVED becomes ISSUED with its certificate; returns what is there then. */
  commitResponder(
    responder: Pick<Responder, 'caId' | 'sequence'>,
    certificate: Uint8Array,
  ): Promise<Responder>;
}

/** Agents of revoked certificates. */
export interface AgentLedger extends Pick<RevocationLedger, 'certificate' | 'history'> {
  /** Adds to the history of a certificate; nothing where it has the same event already. */
  note(serialNumber: SerialNumber, event: CertificateEvent): Promise<void>;
}

/**
 * Fleet, through Kibana. Every method throws {@link FleetError} where Kibana cannot be reached or does not do what it is
 * asked.
 */
export interface FleetAgents {
  /** Undefined where Fleet knows no agent of this id in its space. */
  agent(id: string): Promise<FleetAgent | undefined>;
  /**
   * The enrolled agents whose host has this name, in any case. `complete`: there are no others.
   */
  agentsOn(hostname: string): Promise<{ readonly agents: readonly FleetAgent[]; readonly complete: boolean }>;
  /**
   * Unenrolls the agent and invalidates its API keys, at once. Doing so again changes nothing.
   * @returns `unenrolled`; or why Fleet refuses for good, such as a hosted agent policy.
   */
  unenroll(id: string): Promise<'unenrolled' | { readonly refused: string }>;
}

/** Fleet did not do what it was asked, and may do so later. The message holds no secret. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
}
