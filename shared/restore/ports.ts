import type { Issuer, Root } from '../domain/authority.ts';
import type { Block, KeyBlock, NameBlock } from '../domain/block.ts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Instant } from '../domain/instant.ts';
import type { LedgerState } from '../domain/ledger.ts';
import type { Revocation, RevokedEntry } from '../domain/revocation.ts';
import type { SerialNumber } from '../domain/serial-number.ts';

/*
 * What a merge needs of the two tables: the restored one, which is to be opened, and the former one, which it was copied
 * from. Adapter: `shared/store/ledger-merge.ts`.
 */

/** The CAs of a ledger. */
export interface Cas {
  readonly roots: readonly Root[];
  readonly issuers: readonly Issuer[];
}

/** A token with its use counters, in order of slot. */
export interface CountedToken {
  readonly token: BootstrapToken;
  /** One that was cleaned up counts as not used and closed: nothing can be reserved on it. */
  readonly counters: readonly { readonly used: number; readonly isClosed: boolean }[];
}

/** A part of a listing; `cursor` is undefined at the end. */
export interface Part<Item> {
  readonly items: readonly Item[];
  readonly cursor: string | undefined;
}

/** The table that was restored. Everything is read consistently. */
export interface RestoredLedger {
  readonly tableName: string;
  /** Undefined where the table says nothing of itself: then it is no copy of a ledger. */
  state(): Promise<LedgerState | undefined>;
  cas(): Promise<Cas>;
  tokens(cursor: string | undefined, now: Instant): Promise<Part<CountedToken>>;
  /** Without those that are not recorded. */
  countedTokens(ids: readonly string[]): Promise<readonly CountedToken[]>;
  /** In the same order; undefined where one is not recorded. */
  records(serialNumbers: readonly SerialNumber[]): Promise<readonly (CertificateRecord | undefined)[]>;
  /** In order of serial number. */
  entries(issuerId: string, shard: number): AsyncIterable<readonly RevokedEntry[]>;
  /** Adds an entry to the revoked certificates of a shard, unless there is one. */
  addEntry(issuerId: string, shard: number, entry: RevokedEntry): Promise<void>;
  /** Opens it, if it still is the copy of `former` that it was. @returns what it says of itself then. */
  open(former: string, now: Instant): Promise<LedgerState | undefined>;
}

/**
 * The table that the restored one was copied from. Reads may come from indexes that lag by a moment.
 *
 * What is adopted is copied as it lies in the table. Each method that adopts throws AppError `try_again` where the restored
 * table was changed meanwhile, and writes nothing then.
 */
export interface FormerLedger {
  readonly tableName: string;
  /** Whether it can be read: it may have been deleted. */
  exists(): Promise<boolean>;
  /**
   * From now on nothing is signed from it; the first time stays.
   *
   * @param abandoned another successor that is recorded and no longer counts. @returns since when.
   * @throws AppError `state_conflict` where any other successor is recorded.
   */
  close(successor: string, now: Instant, abandoned?: string): Promise<Instant>;
  /**
   * Whether {@link close} would be refused. Writes nothing.
   * @throws AppError `state_conflict` where any other successor is recorded.
   */
  checkSuccessor(successor: string, abandoned?: string): Promise<void>;
  cas(): Promise<Cas>;
  /** Copies the uses of the roots' keys that the restored table lacks, or has as begun only. @returns how many */
  adoptRootUses(apply: boolean): Promise<number>;
  tokens(cursor: string | undefined, now: Instant): Promise<Part<CountedToken>>;
  blocks(cursor: string | undefined): Promise<Part<(NameBlock | KeyBlock) & Block>>;
  /** Serial numbers of all that expires at or after `expiresAfter`, and of what is not finished. */
  serialNumbers(cursor: string | undefined, now: Instant, expiresAfter: Instant): Promise<Part<SerialNumber>>;
  /** In the same order; undefined where one is not recorded. */
  records(serialNumbers: readonly SerialNumber[]): Promise<readonly (CertificateRecord | undefined)[]>;
  /**
   * Copies a certificate with all that belongs to it: its history, its reservation, who holds its names, its entry for the
   * revocation lists. What was given up, or becomes void, gets no reservation, holds no name and succeeds no certificate.
   *
   * @param restored in the restored table, as it was read; undefined if it is missing there.
   * @param voided it was never finished: it becomes void, and its token gets the use back.
   */
  adopt(
    record: CertificateRecord,
    restored: CertificateRecord | undefined,
    voided?: Revocation,
  ): Promise<void>;
  /** Copies a root or an issuer, in place of the restored one. */
  adoptCa(kind: 'root' | 'issuer', id: string, restored: Root | Issuer | undefined): Promise<void>;
  /** Raises use counters of a token; one that is as high already stays. */
  adoptUses(
    tokenId: string,
    counters: readonly { readonly slot: number; readonly used: number }[],
  ): Promise<void>;
}
