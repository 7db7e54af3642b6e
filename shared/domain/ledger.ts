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
  /** The one Region that writes and signs. @default - the authority is in one Region */
  readonly activeRegion?: string;
  /** ARN of the key that signs OCSP responses, in the primary Region. @default - the authority is in one Region */
  readonly responderKeyArn?: string;
}

/**
 * Why nothing may be signed from a table: it is a copy of another one, or has been replaced by a copy; or another Region does
 * the work.
 */
export type Fence =
  | { readonly kind: 'passive'; readonly region: string; readonly active: string }
  | { readonly kind: 'copy'; readonly of: string }
  | { readonly kind: 'closed'; readonly successor: string };

/**
 * The fence of the ledger in the table `tableName`; undefined where it is open. A table that says nothing of itself is
 * new, or its ledger is older than this rule.
 *
 * @param region the one that asks. @default - one that may write, whichever is active
 */
export function fenceOf(
  state: LedgerState | undefined,
  tableName: string,
  region?: string,
): Fence | undefined {
  if (state === undefined) return undefined;
  const active = region === undefined ? undefined : activeElsewhere(state, region);
  if (region !== undefined && active !== undefined) return { kind: 'passive', region, active };
  if (state.tableName !== tableName) return { kind: 'copy', of: state.tableName };
  return state.successor === undefined ? undefined : { kind: 'closed', successor: state.successor };
}

/** The other Region, where that one writes and signs; undefined where `region` may. */
export function activeElsewhere(state: LedgerState | undefined, region: string): string | undefined {
  return state?.activeRegion === undefined || state.activeRegion === region ? undefined : state.activeRegion;
}
