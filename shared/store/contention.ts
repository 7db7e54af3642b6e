import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import { AppError } from '../errors/app-error.ts';
import type { StoreContext } from './context.ts';

/*
 * DynamoDB refuses a write while another transaction holds one of its items, and throttles. Both pass by themselves, so
 * they are retried: full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), pauses of at most 5.75 s in
 * all, well inside a function's 29 seconds.
 */
const PAUSE_MILLISECONDS = [50, 100, 200, 400, 1000, 1000, 1000, 1000, 1000];

/** Seconds after which callers may try again. */
const RETRY_AFTER_SECONDS = 2;

/** Thrown by an attempt that found contention without an exception of the SDK. */
export class Contention extends Error {
  override readonly name = 'Contention';
}

/**
 * Runs `attempt`, again where it meets contention.
 *
 * @throws AppError `try_again` where contention outlasts the retries, or where DynamoDB does not answer (the SDK has
 * tried thrice then, so it is not tried again).
 */
export async function withRetries<Result>(
  { pause, random }: StoreContext,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let tried = 0; ; tried++) {
    try {
      return await attempt();
    } catch (cause) {
      const wait = PAUSE_MILLISECONDS[tried];
      if (isContention(cause) && wait !== undefined) await pause(Math.floor(random() * wait));
      else throw isContention(cause) || isOutage(cause) ? tryAgain(cause) : cause;
    }
  }
}

function tryAgain(cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.name : 'unknown';
  return new AppError('try_again', 'The service is busy. Send the same request again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
    internal: { reason },
  });
}

/** The SDK's own judgement of errors takes an Error with what the SDK may have added to it. */
type SdkError = Parameters<typeof isThrottlingError>[0];

function isContention(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name } = error;
  return (
    name === 'Contention' || name === 'TransactionConflictException' || isThrottlingError(error as SdkError)
  );
}

function isOutage(error: unknown): boolean {
  return error instanceof Error && isTransientError(error as SdkError);
}
