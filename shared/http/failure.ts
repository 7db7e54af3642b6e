import { AppError } from '../errors/app-error.ts';

/** Names under which AWS services say "slow down" (AWS SDK for JavaScript: retryable throttling errors). */
const THROTTLED = new Set([
  'ThrottlingException',
  'ThrottledException',
  'Throttling',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'SlowDown',
  'PriorRequestNotComplete',
  'LimitExceededException',
]);

/** Names and system codes of a call that got no response in time. */
const UNANSWERED = new Set([
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * What was thrown, as the error to respond with. An {@link AppError} stays; what a later try may mend (throttling,
 * an AWS service's own failure or silence, a signing error that says so, Lambda's time running out) is `try_again`;
 * everything else is `internal`.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return isTransient(thrown)
    ? new AppError('try_again', 'The service is busy. Send the same request again; it is safe to repeat.', {
        cause: thrown,
      })
    : new AppError('internal', 'unexpected error', { cause: thrown });
}

/** Read by shape: this layer knows neither the AWS SDK's error classes nor the signer's. */
function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { name, code, retryable, $retryable, $fault } = thrown as Error & Record<string, unknown>;
  if (typeof retryable === 'boolean') return retryable;
  const called = [name, code].filter((word) => typeof word === 'string');
  return (
    $retryable !== undefined ||
    $fault === 'server' ||
    called.some((word) => THROTTLED.has(word) || UNANSWERED.has(word))
  );
}
