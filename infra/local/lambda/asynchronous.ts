import type { Clock } from '../service/clock.ts';
import type { InvocationResult } from './instance.ts';

/** Milliseconds before the second and the third attempt of a function that fails. */
const RETRIES = [60_000, 120_000];

/** An event is dropped when it has waited so long for a function that is throttled. */
const MAX_AGE = 6 * 3_600_000;

/** Milliseconds between attempts of a throttled function: doubled from the first to the last. */
const BACKOFF = { first: 1000, last: 300_000 };

/** What becomes of an event that is handed over for asynchronous invocation. */
export interface AsynchronousHost {
  readonly clock: Clock;
  readonly name: string;
  invoke(): Promise<InvocationResult>;
  /** Gets a line where the event is given up. */
  log(line: string): void;
}

/**
 * Invokes a function asynchronously (Lambda developer guide, "How Lambda handles errors and retries with asynchronous
 * invocation"): twice more where it fails, after 1 and 2 minutes; for up to 6 hours where it is throttled. These are
 * Lambda's defaults; the local cloud knows no event invoke configs.
 *
 * @returns when the first attempt has ended; the others follow by the clock.
 */
export async function invokeAsynchronously(host: AsynchronousHost): Promise<void> {
  const { clock, name, log } = host;
  const acceptedAt = clock.now();
  const attempt = async (failures: number, backoff: number): Promise<void> => {
    const result = await host.invoke();
    if (!result.failed) return;
    const again = (milliseconds: number, nextFailures: number, nextBackoff: number) =>
      clock.after(milliseconds, () => void attempt(nextFailures, nextBackoff));
    const wait = RETRIES[failures];
    if (result.throttled === true && clock.now() + backoff - acceptedAt <= MAX_AGE)
      again(backoff, failures, Math.min(backoff * 2, BACKOFF.last));
    else if (result.throttled !== true && wait !== undefined) again(wait, failures + 1, backoff);
    else log(`${name}: an event is given up after ${failures + 1} attempts: ${result.payload}`);
  };
  await attempt(0, BACKOFF.first);
}
