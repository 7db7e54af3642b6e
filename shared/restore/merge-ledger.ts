import type { Clock } from '../domain/instant.ts';
import { plus, toRfc3339 } from '../domain/instant.ts';
import type { LedgerState } from '../domain/ledger.ts';
import { AppError } from '../errors/app-error.ts';
import { readMergeCursor, writeMergeCursor } from './merge-cursor.ts';
import { type MergeFindings, type WalkDependencies, walkThrough } from './merge-walk.ts';
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

export interface MergeLedgerDependencies extends WalkDependencies {
  readonly restored: RestoredLedger;
  /** The table of this name. @throws AppError where it is not the one that the settings name. */
  readonly formerLedger: (tableName: string) => FormerLedger;
  readonly clock: Clock;
}

export interface MergeRequest {
  /** Whether anything is written. @default false */
  readonly apply?: boolean | undefined;
  /** Of the report of a run that did not reach the end, and had the same `apply`. @default - from the beginning */
  readonly cursor?: string | undefined;
  /**
   * A table that was restored from the same former one and merged, and that this one replaces: nothing that happened in it is
   * kept. @default - none
   */
  readonly abandoned?: string | undefined;
}

/** What a merge found and did; with `apply` false, what it would do. */
export interface MergeReport extends MergeFindings {
  readonly table: string;
  readonly former: { readonly table: string; readonly exists: boolean; readonly closedAt?: string };
  readonly applied: boolean;
  /** For the next run, where this one did not reach the end. */
  readonly cursor?: string;
  /** Whether the ledger is open: everything is signed again. */
  readonly open: boolean;
  /** What to do now. */
  readonly next: string;
}

const BEGINNING = { phase: 'blocks', after: undefined } as const;

/** Longer than a request takes, and than a function keeps in memory that a ledger is open. */
const UNDER_WAY_SECONDS = 120;

/**
 * Merges into a restored ledger what it lacks, and opens it.
 *
 * @throws AppError `state_conflict` where the table is not a copy of a ledger, and where the former one has another successor. @throws AppError `malformed_request` for a
 * foreign cursor, and for one of a run with another `apply`.
 * @example const report = await mergeLedger(deps, { apply: false });
 */
export async function mergeLedger(
  deps: MergeLedgerDependencies,
  { apply = false, cursor, abandoned }: MergeRequest,
): Promise<MergeReport> {
  const { restored, clock } = deps;
  const table = restored.tableName;
  const state = await restored.state();
  if (state === undefined) throw noCopy(table);
  if (state.tableName === table) return alreadyOpen(state);
  const now = clock();
  const start = readMergeCursor(cursor, apply) ?? { since: now, ...BEGINNING };
  const former = deps.formerLedger(state.tableName);
  const exists = await former.exists();
  if (exists && !apply) await former.checkSuccessor(table, abandoned);
  const closedAt = exists && apply ? await former.close(table, now, abandoned) : undefined;
  const due = plus(closedAt ?? now, UNDER_WAY_SECONDS);
  const isDue = !exists || start.since >= due;
  const run = { former: exists ? former : undefined, apply, now, voids: isDue || !apply };
  const { found, rest } = await walkThrough({ ...deps, ...run }, start);
  const report = {
    table,
    former: {
      ...{ table: state.tableName, exists },
      ...(closedAt === undefined ? {} : { closedAt: toRfc3339(closedAt) }),
    },
    applied: apply,
    ...found,
  };
  if (rest !== undefined)
    return {
      ...report,
      open: false,
      cursor: writeMergeCursor({ apply, since: start.since, ...rest }),
      next: `Time ran out. Invoke again with this cursor${apply ? ' and "apply": true' : ''}.`,
    };
  if (!apply)
    return { ...report, open: false, next: 'Nothing was written. Invoke again with "apply": true.' };
  if (!isDue)
    return {
      ...report,
      open: false,
      next: `Merged. Invoke again after ${toRfc3339(due)}, without a cursor, to merge what was under way when the former table was closed, and to open the ledger.`,
    };
  await restored.open(state.tableName, clock());
  return { ...report, open: true, next: 'The ledger is open. Lists and OCSP follow within 5 minutes.' };
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
