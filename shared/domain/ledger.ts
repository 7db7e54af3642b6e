import type { Instant } from './instant.ts';

/**
 * What a ledger says of itself. A copy of its table, such as one restored from a point in time, still has the name of the
 * table that it was copied from: by that it is known, and nothing is signed from it until it was merged and opened.
 */
export interface LedgerState {
  /** The table that the ledger is in. */
  readonly tableName: string;
  /** When it was created, or opened after a restore. */
  readonly openedAt: Instant;
  /** The tables that it was in before, the latest first. @default - none */
  readonly predecessors?: readonly string[];
  /** The table that it moved to: nothing is signed from this one any more. @default - it has not moved */
  readonly successor?: string;
  /** When it moved to {@link successor}. */
  readonly closedAt?: Instant;
}

/** Why nothing may be signed from a table: it is a copy of another one, or has been replaced by a copy. */
export type Fence =
  | { readonly kind: 'copy'; readonly of: string }
  | { readonly kind: 'closed'; readonly successor: string };

/**
 * The fence of the ledger in the table `tableName`; undefined where it is open. A table that says nothing of itself is
 * new, or its ledger is older than this rule.
 */
export function fenceOf(state: LedgerState | undefined, tableName: string): Fence | undefined {
  if (state === undefined) return undefined;
  if (state.tableName !== tableName) return { kind: 'copy', of: state.tableName };
  return state.successor === undefined ? undefined : { kind: 'closed', successor: state.successor };
}
