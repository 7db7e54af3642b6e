import { type Instant, instant } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';

/** What a merge walks through, in this order. */
export const MERGE_PHASES = ['blocks', 'tokens', 'certificates', 'lists'] as const;
export type MergePhase = (typeof MERGE_PHASES)[number];

/** Where in a merge a run is. */
export interface MergePosition {
  readonly phase: MergePhase;
  /** Where the walk of the phase goes on; undefined for its beginning. */
  readonly after: string | undefined;
}

/** Where a merge goes on. */
export interface MergeCursor extends MergePosition {
  /** Whether its runs write: what a run that only looked has seen is not merged. */
  readonly apply: boolean;
  /** When its first run began. */
  readonly since: Instant;
}

export function writeMergeCursor({ apply, since, phase, after = '' }: MergeCursor): string {
  return Buffer.from(`${apply ? 'merge' : 'look'}:${since}:${phase}:${after}`).toString('base64url');
}

/**
 * Undefined where there is none.
 *
 * @param apply whether the run writes that is to go on there.
 * @throws AppError `malformed_request` for a text that {@link writeMergeCursor} did not write, and for a cursor of a run
 * that wrote where this one does not, or the other way round.
 */
export function readMergeCursor(cursor: string | undefined, apply: boolean): MergeCursor | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, kind, since, name, after] = /^(merge|look):(\d{1,12}):([a-z]+):(.*)$/s.exec(text) ?? [];
  const phase = MERGE_PHASES.find((one) => one === name);
  if (since === undefined || phase === undefined) throw foreign('is not a cursor of a merge');
  if ((kind === 'merge') !== apply)
    throw foreign(apply ? 'is of a run that only looked' : 'is of a run with "apply": true');
  return { apply, since: instant(Number(since)), phase, after: after === '' ? undefined : after };
}

function foreign(what: string): AppError {
  return new AppError('malformed_request', `cursor: ${what}. Leave it out to begin again.`);
}
