import type { Issuer } from '../domain/authority.ts';
import type { Instant } from '../domain/instant.ts';
import type { TokenStore } from '../issuance/ports.ts';
import { type MergeBlocksDependencies, type MergedBlocks, mergeBlocks } from './merge-blocks.ts';
import { type MergedCas, mergeCas } from './merge-cas.ts';
import { type MergedCertificates, mergeCertificates } from './merge-certificates.ts';
import { MERGE_PHASES, type MergePhase, type MergePosition } from './merge-cursor.ts';
import { type MergedLists, type MergeListsDependencies, mergeLists } from './merge-lists.ts';
import { type MergedTokens, mergeTokens } from './merge-tokens.ts';
import type { FormerLedger, RestoredLedger } from './ports.ts';

export interface WalkDependencies
  extends Omit<MergeListsDependencies, 'ledger'>,
    Omit<MergeBlocksDependencies, 'ledger' | 'former'> {
  readonly ledger: MergeListsDependencies['ledger'] & MergeBlocksDependencies['ledger'];
  readonly tokens: Pick<TokenStore, 'revokeToken'>;
}

/** A run of a merge. */
interface Run {
  /** Undefined where it cannot be read. */
  readonly former: FormerLedger | undefined;
  readonly apply: boolean;
  readonly now: Instant;
  /** Whether nobody finishes any more what is not finished in the former table. */
  readonly voids: boolean;
}

/** What a run found, by what it walked through. */
export interface MergeFindings {
  readonly cas?: MergedCas;
  /** Uses of the roots' keys that the restored table lacked. */
  readonly rootUses?: number;
  readonly blocks?: Omit<MergedBlocks, 'cursor'>;
  readonly tokens?: Omit<MergedTokens, 'cursor'>;
  readonly certificates?: Omit<MergedCertificates, 'cursor'>;
  readonly lists?: MergedLists;
}

type Found = { -readonly [Part in keyof MergeFindings]: MergeFindings[Part] };

/**
 * Merges from a position on, for as long as there is time.
 *
 * @returns also where the next run goes on; undefined at the end.
 */
export async function walkThrough(
  deps: WalkDependencies & Run,
  start: MergePosition,
): Promise<{ readonly found: MergeFindings; readonly rest: MergePosition | undefined }> {
  const { restored, former, apply, isTimeLeft } = deps;
  const cas = former && (await mergeCas({ restored, former }, apply));
  const issuers = await knownIssuers(restored, former, cas);
  const rootUses = former && (await former.adoptRootUses(apply));
  const found: Found = cas === undefined || rootUses === undefined ? {} : { cas, rootUses };
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
  deps: WalkDependencies & Run,
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
