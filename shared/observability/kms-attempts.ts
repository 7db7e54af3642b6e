import { SIGNING_KEYS_UNUSABLE, SIGNING_THROTTLED } from '../config/metrics.ts';
import type { Log } from './log.ts';
import { type Measurement, measured, metrics } from './measurement.ts';

/** One call of KMS, as the signer reports it. */
interface KmsAttempt {
  readonly operation: string;
  /** From 1. */
  readonly attempt: number;
  /** `ok`, or the name of the error. */
  readonly outcome: string;
  /** Absent where no answer came. */
  readonly kmsRequestId?: string;
  /** Of the recorded certificate that it is for. @default - it is for something else */
  readonly serialNumber?: string;
}

export interface KmsAttemptsOptions {
  /**
   * Errors that the caller waits out: they are logged, and not counted as those of a key that cannot be used.
   *
   * @default none
   */
  readonly awaited?: readonly string[];
}

/**
 * Logs every call of KMS, those that failed as `warn`: CloudTrail's records of the keys are reconciled with these lines.
 *
 * @example kmsCaSigner({ onAttempt: logKmsAttempts(log) })
 */
export function logKmsAttempts(
  log: Log,
  { awaited = [] }: KmsAttemptsOptions = {},
): (attempt: KmsAttempt) => void {
  return (attempt) =>
    log[attempt.outcome === 'ok' ? 'info' : 'warn'](
      'kms attempt',
      { ...attempt },
      metrics(...(awaited.includes(attempt.outcome) ? [] : measurementsOf(attempt.outcome))),
    );
}

/** Errors of KMS that stay until somebody changes the key or its policy (KMS API reference, "Common errors" and Sign). */
const KEY_UNUSABLE: ReadonlySet<string> = new Set([
  'DisabledException',
  'KMSInvalidStateException',
  'KeyUnavailableException',
  'NotFoundException',
  'AccessDeniedException',
  'InvalidKeyUsageException',
]);

/** Errors of KMS that say that the account's quota is spent (KMS developer guide, "Throttling AWS KMS requests"). */
const THROTTLED: ReadonlySet<string> = new Set(['ThrottlingException', 'LimitExceededException']);

function measurementsOf(outcome: string): readonly Measurement[] {
  if (THROTTLED.has(outcome)) return [measured(SIGNING_THROTTLED, 1)];
  return KEY_UNUSABLE.has(outcome) ? [measured(SIGNING_KEYS_UNUSABLE, 1)] : [];
}
