import { type Instant, plus } from './instant.ts';

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
  /** When it took the work over from the other one. @default - it was the first */
  readonly activeSince?: Instant;
  /** ARN of the key that signs OCSP responses, in the primary Region. @default - the authority is in one Region */
  readonly responderKeyArn?: string;
}

/**
 * How long a Region that takes the work over waits: until then, whatever began in the other one has ended. That one hears of
 * it within a second or two (DynamoDB developer guide, "Global tables"), believes for 5 seconds what it saw before
 * (`shared/store/ledger-state.ts`), and a request then takes 28 seconds at most (`infra/functions.ts`).
 */
const SETTLING_SECONDS = 45;

/**
 * Why nothing may be signed from a table: it is a copy of another one, or has been replaced by a copy; or another Region does
 * the work, or may have begun some that has not ended.
 */
export type Fence =
  | { readonly kind: 'passive'; readonly region: string; readonly active: string }
  | { readonly kind: 'settling'; readonly region: string; readonly seconds: number }
  | { readonly kind: 'copy'; readonly of: string }
  | { readonly kind: 'closed'; readonly successor: string };

/**
 * The fence of the ledger in the table `tableName`; undefined where it is open. A table that says nothing of itself is
 * new, or its ledger is older than this rule.
 *
 * @param here the Region that asks, and when. @default - one that may write, whichever is active
 */
export function fenceOf(
  state: LedgerState | undefined,
  tableName: string,
  here?: { readonly region: string; readonly now: Instant },
): Fence | undefined {
  if (state === undefined) return undefined;
  const active = here === undefined ? undefined : activeElsewhere(state, here.region);
  if (here !== undefined && active !== undefined) return { kind: 'passive', region: here.region, active };
  if (state.tableName !== tableName) return { kind: 'copy', of: state.tableName };
  if (state.successor !== undefined) return { kind: 'closed', successor: state.successor };
  const seconds = here === undefined ? 0 : settlingSeconds(state, here.now);
  return here === undefined || seconds === 0 ? undefined : { kind: 'settling', region: here.region, seconds };
}

/** How many seconds the active Region still waits; 0 where it works. */
export function settlingSeconds({ activeSince }: LedgerState, now: Instant): number {
  return activeSince === undefined ? 0 : Math.max(0, plus(activeSince, SETTLING_SECONDS) - now);
}

/** The other Region, where that one writes and signs; undefined where `region` may. */
export function activeElsewhere(state: LedgerState | undefined, region: string): string | undefined {
  return state?.activeRegion === undefined || state.activeRegion === region ? undefined : state.activeRegion;
}
