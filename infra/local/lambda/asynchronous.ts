import type { Clock } from '../service/clock.ts';
import type { InvocationResult } from './instance.ts';

/** Milliseconds before the second and the third attempt of a function that fails. */
const RETRY_MILLISECONDS = [60_000, 120_000];

/** An event is dropped after so long of waiting for a throttled function. */
const MAX_AGE_MILLISECONDS = 6 * 3_600_000;

/** Milliseconds between attempts of a throttled function: doubled from the first to the last. */
const BACKOFF = { first: 1000, last: 300_000 };

/** An event that is to be processed asynchronously. */
export interface AsynchronousHost {
  readonly clock: Clock;
  readonly name: string;
  invoke(): Promise<InvocationResult>;
  /** Gets a line when the event is dropped. */
  log(line: string): void;
}

/**
 * Invokes a function asynchronously (Lambda developer guide, "How Lambda handles errors and retries with asynchronous
 * invocation"): twice more if it fails, after 1 and 2 minutes; for up to 6 hours if it is throttled. These are Lambda's
 * defaults; the local cloud does not know event invoke configs.
 *
 * @returns when the first attempt has ended; the others run later, by the clock.
 */
export async function invokeAsynchronously(host: AsynchronousHost): Promise<void> {
  const { clock, name, log } = host;
  const acceptedAt = clock.now();
  const attempt = async (failures: number, backoff: number): Promise<void> => {
    const result = await host.invoke();
    if (!result.failed) return;
    const retry = (milliseconds: number, nextFailures: number, nextBackoff: number) =>
      clock.after(milliseconds, () => void attempt(nextFailures, nextBackoff));
    const wait = RETRY_MILLISECONDS[failures];
    if (result.throttled === true && clock.now() + backoff - acceptedAt <= MAX_AGE_MILLISECONDS)
      retry(backoff, failures, Math.min(backoff * 2, BACKOFF.last));
    else if (result.throttled !== true && wait !== undefined) retry(wait, failures + 1, backoff);
    else log(`${name}: an event is dropped after ${failures + 1} attempts: ${result.payload}`);
  };
  await attempt(0, BACKOFF.first);
}
