import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { SigningAttempt } from '../domain/certificate-record.ts';
import { type Clock, systemClock } from '../domain/instant.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { SigningError } from '../issuance/ports.ts';
import { REQUEST_TIMEOUT_MILLISECONDS } from './client.ts';

/** An attempt as it ended, for the log: what CloudTrail's records of the key are reconciled with. */
export interface ReportedAttempt {
  readonly operation: 'Sign' | 'GetPublicKey' | 'DescribeKey' | 'EnableKey' | 'DisableKey';
  /** From 1. */
  readonly attempt: number;
  /** `ok`, or the name of the error. */
  readonly outcome: string;
  /** Absent where no answer came. */
  readonly kmsRequestId?: string;
  /** Of the recorded certificate that it is for. @default - it is for something else */
  readonly serialNumber?: string;
}

export interface AttemptOptions {
  /** Called after each attempt. */
  readonly onAttempt?: (attempt: ReportedAttempt) => void;
  /** For all attempts and pauses of one call. @default 8000 */
  readonly budgetMilliseconds?: number;
  /**
   * Whether a call that got no response is tried again. KMS may have signed all the same, so that one signature may become
   * two. @default true
   */
  readonly repeatUnanswered?: boolean;
  /** What the attempts are dated with. @default the system's clock */
  readonly clock?: Clock;
  /** Milliseconds that only grow; the budget is measured with it. @default performance.now */
  readonly elapsed?: () => number;
  /** Uniform in [0, 1), for the jitter. @default Math.random */
  readonly random?: () => number;
  /** Waits that many milliseconds. @default a timer */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/** What the SDK adds to every answer. */
interface Answered {
  readonly $metadata: { readonly requestId?: string | undefined };
}

/**
 * Calls KMS until it answers, within the budget: exponential backoff with full jitter, pauses of at most 50 ms, 100 ms,
 * and so on up to 1 s. Throttling, 5xx answers, timeouts and broken connections are tried again; what will not change by
 * itself (key disabled or gone, access denied, wrong usage) is not.
 *
 * @throws SigningError with all attempts.
 */
export async function attemptWithin<Answer extends Answered>(
  { onAttempt, clock = systemClock, ...options }: AttemptOptions,
  operation: ReportedAttempt['operation'],
  call: (timeout?: { readonly requestTimeout: number }) => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly attempts: readonly SigningAttempt[] }> {
  const {
    budgetMilliseconds = 8000,
    repeatUnanswered = true,
    elapsed = () => performance.now(),
    random = Math.random,
    pause = setTimeout,
  } = options;
  const end = elapsed() + budgetMilliseconds;
  const attempts: SigningAttempt[] = [];
  const note = (made: SigningAttempt) => {
    attempts.push(made);
    onAttempt?.(report(operation, attempts.length, made));
  };
  for (;;) {
    try {
      const answer = await call(timeoutWithin(end - elapsed()));
      note(attempt(clock, 'ok', answer));
      return { answer, attempts };
    } catch (error) {
      const failed = attempt(clock, error instanceof Error ? error.name : 'UnknownError', error);
      note(failed);
      const retryable = isTransient(error);
      const isRepeated = retryable && (repeatUnanswered || failed.requestId !== undefined);
      const milliseconds = Math.floor(random() * Math.min(1000, 25 * 2 ** attempts.length));
      if (!isRepeated || elapsed() + milliseconds >= end)
        throw new SigningError(`KMS ${operation} failed: ${failed.outcome}`, attempts, retryable, error);
      await pause(milliseconds);
    }
  }
}

/** Undefined where the client's own timeout will do: the SDK puts a call with options of its own together from scratch. */
function timeoutWithin(milliseconds: number): { readonly requestTimeout: number } | undefined {
  return milliseconds >= REQUEST_TIMEOUT_MILLISECONDS
    ? undefined
    : { requestTimeout: Math.max(1, Math.ceil(milliseconds)) };
}

function attempt(clock: Clock, outcome: string, answer: unknown): SigningAttempt {
  const requestId = (answer as Partial<Answered>).$metadata?.requestId;
  return withoutUndefined({ at: clock(), outcome, requestId });
}

function report(
  operation: ReportedAttempt['operation'],
  number: number,
  { outcome, requestId }: SigningAttempt,
): ReportedAttempt {
  return withoutUndefined({ operation, attempt: number, outcome, kmsRequestId: requestId });
}

/** The SDK's own judgement of errors takes an Error with what the SDK may have added to it. */
type SdkError = Parameters<typeof isTransientError>[0];

function isTransient(error: unknown): boolean {
  return (
    error instanceof Error && (isThrottlingError(error as SdkError) || isTransientError(error as SdkError))
  );
}
