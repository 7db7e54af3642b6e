import type { Call } from '../../infra/local/service/calls.ts';
import { matchesPart } from '../../infra/local/service/names.ts';
import type { TestCloud } from './cloud.ts';

/*
 * What the crash matrices have in common: a step is run once to see which calls of AWS it makes, then once for each of
 * them and each way in which it can be cut off there.
 */

/** The process dies before a call, or after it, or never gets its answer. */
export const EFFECTS = ['kill-before', 'kill-after', 'lose'] as const;

/** Where a step is cut off, and how. */
export interface Point {
  /** Counted over all calls of one run, from 1. */
  readonly nth: number;
  /** For the reader of a failure: `kms Sign`. */
  readonly call: string;
  readonly does: (typeof EFFECTS)[number];
}

/** Longer than a signing lease, in seconds. */
export const PAST_LEASE = 20;

/** Longer than the sweeper waits, in seconds. */
export const PAST_DEADLINE = 400;

/** The calls of AWS that functions make during `run`; only those of one function where `name`, a part of its name, is given. */
export async function callsOf(
  cloud: TestCloud,
  run: () => Promise<unknown>,
  name?: string,
): Promise<readonly Call[]> {
  cloud.local.calls.reset();
  await run();
  const all = cloud.local.calls.all();
  return name === undefined ? all : all.filter((call) => matchesPart(call.function ?? '', name));
}

/**
 * Every call with every effect, but for what would be tried twice: a process that dies before a call leaves what it leaves
 * when it dies after the one before it, unless the two ran beside each other.
 */
export function pointsOf(calls: readonly Call[]): readonly Point[] {
  return calls.flatMap(({ service, action }, index) =>
    EFFECTS.filter((does) => does !== 'kill-before' || !followsAlone(calls, index)).map((does) => ({
      nth: index + 1,
      call: `${service} ${action}`,
      does,
    })),
  );
}

/** Whether a call arrived when all before it had ended. */
function followsAlone(calls: readonly Call[], index: number): boolean {
  const before = calls.slice(0, index);
  return index > 0 && before.every(({ at }) => at < (calls[index]?.began ?? 0));
}

/** How many points there are at least for so many calls, one after the other. */
export function leastPoints(calls: number): number {
  return calls * (EFFECTS.length - 1) + 1;
}

/** As {@link pointsOf}, but of a row of equal calls, such as the queries of a token's partitions, the first and the last. */
export function pointsAtEndsOfRows(calls: readonly Call[]): readonly Point[] {
  const isInside = (index: number) =>
    [index - 1, index + 1].every((beside) => calls[beside]?.action === calls[index]?.action);
  return pointsOf(calls).filter(({ nth }) => !isInside(nth - 1));
}

/** Runs a step that is cut off at a point. @param name a part of the function's name */
export async function strike<Result>(
  { local }: TestCloud,
  name: string,
  { nth, does }: Point,
  run: () => Promise<Result>,
): Promise<Result> {
  local.calls.reset();
  local.faults.add({ function: name, nth, does });
  try {
    return await run();
  } finally {
    local.faults.clear();
  }
}

/** Signatures that were made since the log of calls was reset, whether or not their answers arrived. */
export function signatures({ local }: TestCloud): number {
  return local.calls.all().filter(({ action, outcome }) => action === 'Sign' && isMade(outcome)).length;
}

/** Whether a call took effect, whatever became of its answer. */
function isMade(outcome: string): boolean {
  return ['ok', 'lost', 'killed-after'].includes(outcome);
}

/** Says how much was tried. */
export function reportPoints(what: string, points: readonly Point[]): void {
  process.stdout.write(`crash matrix: ${what}: ${points.length} points\n`);
}
