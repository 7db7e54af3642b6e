import type { Log } from './log.ts';

/** One call of KMS, as the signer reports it. */
interface KmsAttempt {
  readonly operation: string;
  /** From 1. */
  readonly attempt: number;
  /** `ok`, or the name of the error. */
  readonly outcome: string;
  /** Absent where no answer came. */
  readonly kmsRequestId?: string;
}

/**
 * Logs every call of KMS, those that failed as `warn`: CloudTrail's records of the keys are reconciled with these lines.
 *
 * @example kmsCaSigner({ onAttempt: logKmsAttempts(log) })
 */
export function logKmsAttempts(log: Log): (attempt: KmsAttempt) => void {
  return (attempt) => log[attempt.outcome === 'ok' ? 'info' : 'warn']('kms attempt', { ...attempt });
}
