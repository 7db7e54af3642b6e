import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How long a host is patient. */
export interface WaitPlan {
  /** Seconds; the bound of the first wait, which doubles up to the longest. */
  readonly firstWait: number;
  readonly longestWait: number;
  readonly tries: number;
}

/** Where the scripts of hosts have these numbers. */
export const WAIT_PART = join(import.meta.dirname, '../../../shared/hosts/parts/wait.sh');

/** The plan of the scripts that hosts run. @throws Error where they have another form. */
export function readWaitPlan(): WaitPlan {
  const script = readFileSync(WAIT_PART, 'utf8');
  const numberOf = (name: string) => {
    const value = new RegExp(`^${name}=(\\d+)$`, 'm').exec(script)?.[1];
    if (value === undefined) throw new Error(`${WAIT_PART} sets no ${name}`);
    return Number(value);
  };
  return {
    firstWait: numberOf('first_wait'),
    longestWait: numberOf('longest_wait'),
    tries: numberOf('tries'),
  };
}

/** The most seconds between a failed try, the first of which is 1, and the next one; without what the service asks for. */
export function longestWaitAfter({ firstWait, longestWait }: WaitPlan, failed: number): number {
  return Math.min(longestWait, firstWait * 2 ** (failed - 1));
}
