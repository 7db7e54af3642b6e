import type { Clock } from '../service/clock.ts';
import type { InvocationResult } from './instance.ts';

/** Milliseconds before the second and the third attempt of a function that fails. */
const RETRY_MILLISECONDS = [60_000, 120_000];

/** Milliseconds between attempts of a throttled function: doubled from the first to the last. */
const BACKOFF = { first: 1000, last: 300_000 };

/** How often and how long an event is tried. */
export interface AsynchronousLimits {
  /** Attempts after the first that fails, at most 2. */
  readonly retries: number;
  /** An event is dropped instead of being tried when it is older. */
  readonly maxAgeMilliseconds: number;
}

/** Reads an AWS::Lambda::EventInvokeConfig; without one, Lambda's defaults (CloudFormation template reference). */
export function asynchronousLimits(properties: Readonly<Record<string, unknown>> = {}): AsynchronousLimits {
  const { MaximumRetryAttempts = 2, MaximumEventAgeInSeconds = 21_600 } = properties;
  return {
    retries: Number(MaximumRetryAttempts),
    maxAgeMilliseconds: Number(MaximumEventAgeInSeconds) * 1000,
  };
}

/** An event that is to be processed asynchronously. */
export interface AsynchronousHost {
  readonly limits: AsynchronousLimits;
  readonly clock: Clock;
  readonly name: string;
  invoke(): Promise<InvocationResult>;
  /** Gets a line when the event is dropped. */
  log(line: string): void;
}

/**
 * Invokes a function asynchronously (Lambda developer guide, "How Lambda handles errors and retries with asynchronous
 * invocation"): again after 1 and 2 minutes if it fails, and with growing pauses while it is throttled, within the limits.
 *
 * @returns when the first attempt has ended; the others run later, by the clock.
 */
export async function invokeAsynchronously(host: AsynchronousHost): Promise<void> {
  const { clock, name, log, limits } = host;
  const acceptedAt = clock.now();
  const attempt = async (failures: number, backoff: number): Promise<void> => {
    const result = await host.invoke();
    if (!result.failed) return;
    const wait = result.throttled === true ? backoff : waitAfter(failures, limits);
    if (wait === undefined || clock.now() + wait - acceptedAt > limits.maxAgeMilliseconds)
      return log(`${name}: an event is dropped after ${failures + 1} attempts: ${result.payload}`);
    const next: [number, number] =
      result.throttled === true ? [failures, Math.min(backoff * 2, BACKOFF.last)] : [failures + 1, backoff];
    clock.after(wait, () => void attempt(...next));
  };
  await attempt(0, BACKOFF.first);
}

/** Milliseconds until the next attempt of a function that failed so often before; undefined after the last. */
function waitAfter(failures: number, { retries }: AsynchronousLimits): number | undefined {
  return failures < retries ? RETRY_MILLISECONDS[failures] : undefined;
}
