import type { Issuer } from '../domain/authority.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import { plus, toRfc3339 } from '../domain/instant.ts';
import type { LedgerState } from '../domain/ledger.ts';
import { AppError } from '../errors/app-error.ts';
import type { TokenStore } from '../issuance/ports.ts';
import { type MergeBlocksDependencies, type MergedBlocks, mergeBlocks } from './merge-blocks.ts';
import { type MergedCas, mergeCas } from './merge-cas.ts';
import { type MergedCertificates, mergeCertificates } from './merge-certificates.ts';
import {
  MERGE_PHASES,
  type MergePhase,
  type MergePosition,
  readMergeCursor,
  writeMergeCursor,
} from './merge-cursor.ts';
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
  /** Whether there is time for another page. */
  readonly isTimeLeft: () => boolean;
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
export interface MergeReport {
  readonly table: string;
  readonly former: { readonly table: string; readonly exists: boolean; readonly closedAt?: string };
  readonly applied: boolean;
  readonly cas?: MergedCas;
  readonly blocks?: Omit<MergedBlocks, 'cursor'>;
  readonly tokens?: Omit<MergedTokens, 'cursor'>;
  readonly certificates?: Omit<MergedCertificates, 'cursor'>;
  readonly lists?: MergedLists;
  /** For the next run, where this one did not reach the end. */
  readonly cursor?: string;
  /** Whether the ledger is open: everything is signed again. */
  readonly open: boolean;
  /** What to do now. */
  readonly next: string;
}

const BEGINNING = { phase: 'blocks', after: undefined } as const;

/** A run of a merge. */
interface Run {
  /** Undefined where it cannot be read. */
  readonly former: FormerLedger | undefined;
  readonly apply: boolean;
  readonly now: Instant;
  /** Whether nobody finishes any more what is not finished in the former table. */
  readonly voids: boolean;
}

/** Longer than a request takes, and than a function keeps in memory that a ledger is open. */
const UNDER_WAY_SECONDS = 120;

/**
 * Merges into a restored ledger what it lacks, and opens it.
 *
 * @throws AppError `state_conflict` where the table is not a copy of a ledger. @throws AppError `malformed_request` for a
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
  const closedAt = exists && apply ? await former.close(table, now, abandoned) : undefined;
  const due = plus(closedAt ?? now, UNDER_WAY_SECONDS);
  const isDue = !exists || start.since >= due;
  const run = { former: exists ? former : undefined, apply, now, voids: isDue || !apply };
  const { found, rest } = await merge({ ...deps, ...run }, start);
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

/** What a run found, by what it walked through. */
type Found = {
  -readonly [Part in 'blocks' | 'tokens' | 'certificates' | 'lists']?: MergeReport[Part];
} & Pick<MergeReport, 'cas'>;

/** @returns also where the next run goes on; undefined at the end. */
async function merge(
  deps: MergeLedgerDependencies & Run,
  start: MergePosition,
): Promise<{ readonly found: Found; readonly rest: MergePosition | undefined }> {
  const { restored, former, apply, isTimeLeft } = deps;
  const cas = former && (await mergeCas({ restored, former }, apply));
  const issuers = await knownIssuers(restored, former, cas);
  const found: Found = cas === undefined ? {} : { cas };
  const walks = walksOf(deps, issuers, found);
  const phases = MERGE_PHASES.slice(MERGE_PHASES.indexOf(start.phase));
  for (const [i, phase] of phases.entries()) {
    const after = await walks[phase](i === 0 ? start.after : undefined);
    if (after !== undefined) return { found, rest: { phase, after } };
    const next = phases[i + 1];
    if (next !== undefined && !isTimeLeft()) return { found, rest: { phase: next, after: undefined } };
  }
  return { found, rest: undefined };
}

/** Each walks on from where an earlier run stopped, and returns where the next run goes on; undefined at the end. */
function walksOf(
  deps: MergeLedgerDependencies & Run,
  issuers: readonly Issuer[],
  found: Found,
): Readonly<Record<MergePhase, (after: string | undefined) => Promise<string | undefined>>> {
  const { former, apply } = deps;
  return {
    blocks: async (after) => {
      if (former === undefined) return undefined;
      const { cursor, ...blocks } = await mergeBlocks({ ...deps, former }, after, apply);
      found.blocks = blocks;
      return cursor;
    },
    tokens: async (after) => {
      const { cursor, ...tokens } = await mergeTokens(deps, after, apply);
      found.tokens = tokens;
      return cursor;
    },
    certificates: async (after) => {
      if (former === undefined) return undefined;
      const { cursor, ...rest } = await mergeCertificates({ ...deps, former, issuers }, after, apply);
      found.certificates = rest;
      return cursor;
    },
    lists: async () => {
      found.lists = await mergeLists(deps, issuers, apply);
      return undefined;
    },
  };
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
