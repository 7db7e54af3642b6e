import type { Issuer } from '../domain/authority.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import { plus, toRfc3339 } from '../domain/instant.ts';
import type { LedgerState } from '../domain/ledger.ts';
import { AppError } from '../errors/app-error.ts';
import type { TokenStore } from '../issuance/ports.ts';
import { type MergeBlocksDependencies, type MergedBlocks, mergeBlocks } from './merge-blocks.ts';
import { type MergedCas, mergeCas } from './merge-cas.ts';
import { type MergedCertificates, mergeCertificates } from './merge-certificates.ts';
import { readMergeCursor, writeMergeCursor } from './merge-cursor.ts';
import { type MergedLists, type MergeListsDependencies, mergeLists } from './merge-lists.ts';
import { type MergedTokens, mergeTokens } from './merge-tokens.ts';
import type { FormerLedger, RestoredLedger } from './ports.ts';

/*
 * A table that was restored from a point in time lacks what happened since. The merge brings back what restricts (
 * revocations, blocks, spent uses, closed tokens, issuers that no longer issue), and of what permits only certificates that
 * an issuer demonstrably signed. It has two witnesses: the former table, where it still exists, and the published
 * revocation lists. Then it opens the ledger.
 *
 *   close        nothing is signed from the former table any more
 *   CAs, blocks, tokens, certificates, lists
 *   open         once a merge began long enough after the close to have seen what was under way
 *
 * Every step may run twice, at the same time, and be cut off anywhere.
 */

export interface MergeLedgerDependencies
  extends Omit<MergeListsDependencies, 'ledger'>,
    Omit<MergeBlocksDependencies, 'ledger' | 'former'> {
  readonly ledger: MergeListsDependencies['ledger'] & MergeBlocksDependencies['ledger'];
  readonly restored: RestoredLedger;
  /** The table of this name. @throws AppError where it is not the one that the settings name. */
  readonly formerLedger: (tableName: string) => FormerLedger;
  readonly tokens: Pick<TokenStore, 'revokeToken'>;
  readonly clock: Clock;
  /** Whether there is time for another page of certificates. */
  readonly isTimeLeft: () => boolean;
}

export interface MergeRequest {
  /** Whether anything is written. @default false */
  readonly apply?: boolean | undefined;
  /** Of the report of a run that did not reach the end. @default - from the beginning */
  readonly cursor?: string | undefined;
}

/** What a merge found and did; with `apply` false, what it would do. */
export interface MergeReport {
  readonly table: string;
  readonly former: { readonly table: string; readonly exists: boolean; readonly closedAt?: string };
  readonly applied: boolean;
  readonly cas?: MergedCas;
  readonly blocks?: MergedBlocks;
  readonly tokens?: MergedTokens;
  readonly certificates?: Omit<MergedCertificates, 'cursor'>;
  readonly lists?: MergedLists;
  /** For the next run, where this one did not reach the end. */
  readonly cursor?: string;
  /** Whether the ledger is open: everything is signed again. */
  readonly open: boolean;
  /** What to do now. */
  readonly next: string;
}

/** Longer than a request takes, and than a function keeps in memory that a ledger is open. */
const UNDER_WAY_SECONDS = 120;

/**
 * Merges into a restored ledger what it lacks, and opens it.
 *
 * @throws AppError `state_conflict` where the table is not a copy of a ledger. @throws AppError `malformed_request` for a
 * foreign cursor.
 * @example const report = await mergeLedger(deps, { apply: false });
 */
export async function mergeLedger(
  deps: MergeLedgerDependencies,
  { apply = false, cursor }: MergeRequest,
): Promise<MergeReport> {
  const { restored, clock } = deps;
  const table = restored.tableName;
  const state = await restored.state();
  if (state === undefined) throw noCopy(table);
  if (state.tableName === table) return alreadyOpen(state);
  const now = clock();
  const start = readMergeCursor(cursor) ?? { since: now, after: undefined };
  const former = deps.formerLedger(state.tableName);
  const exists = await former.exists();
  const closedAt = exists && apply ? await former.close(table, now) : undefined;
  const merged = await merge(deps, exists ? former : undefined, start.after, apply, now);
  const report = {
    table,
    former: {
      ...{ table: state.tableName, exists },
      ...(closedAt === undefined ? {} : { closedAt: toRfc3339(closedAt) }),
    },
    applied: apply,
    ...merged.found,
  };
  if (merged.after !== undefined)
    return {
      ...report,
      open: false,
      cursor: writeMergeCursor({ since: start.since, after: merged.after }),
      next: 'Time ran out. Invoke again with this cursor.',
    };
  if (!apply)
    return { ...report, open: false, next: 'Nothing was written. Invoke again with "apply": true.' };
  const due = plus(closedAt ?? now, UNDER_WAY_SECONDS);
  if (exists && start.since < due)
    return {
      ...report,
      open: false,
      next: `Merged. Invoke again after ${toRfc3339(due)}, without a cursor, to merge what was under way when the former table was closed, and to open the ledger.`,
    };
  await restored.open(state.tableName, clock());
  return { ...report, open: true, next: 'The ledger is open. Lists and OCSP follow within 5 minutes.' };
}

async function merge(
  deps: MergeLedgerDependencies,
  former: FormerLedger | undefined,
  after: string | undefined,
  apply: boolean,
  now: Instant,
) {
  const { restored } = deps;
  const cas = former && (await mergeCas({ restored, former }, apply));
  const blocks = former && (await mergeBlocks({ ...deps, former }, apply));
  const tokens = await mergeTokens({ ...deps, former, now }, apply);
  const issuers = await knownIssuers(restored, former, cas);
  const certificates = former && (await mergeCertificates({ ...deps, former, issuers, now }, after, apply));
  const found = {
    ...(cas === undefined ? {} : { cas }),
    ...(blocks === undefined ? {} : { blocks }),
    tokens,
    ...(certificates === undefined ? {} : { certificates: withoutCursor(certificates) }),
  };
  if (certificates?.cursor !== undefined) return { found, after: certificates.cursor };
  return { found: { ...found, lists: await mergeLists(deps, issuers, apply) }, after: undefined };
}

/** As they are once the CAs are merged, also where nothing is written. */
async function knownIssuers(
  restored: RestoredLedger,
  former: FormerLedger | undefined,
  cas: MergedCas | undefined,
): Promise<readonly Issuer[]> {
  const { issuers } = await restored.cas();
  const before = former === undefined ? [] : (await former.cas()).issuers;
  const added = before.filter(({ id }) => cas?.adopted.includes(id) && !issuers.some((one) => one.id === id));
  return [...issuers, ...added];
}

function withoutCursor({ cursor: _cursor, ...rest }: MergedCertificates) {
  return rest;
}

function alreadyOpen({ tableName, predecessors: [former = ''] = [] }: LedgerState): MergeReport {
  return {
    table: tableName,
    former: { table: former, exists: false },
    applied: false,
    open: true,
    next: 'The ledger is open: there is nothing to merge.',
  };
}

function noCopy(table: string): AppError {
  return new AppError(
    'state_conflict',
    `The table ${table} is not a copy of a ledger: it says nothing of the table that it was in. Set restoredLedger to the stream of the restored table.`,
  );
}
