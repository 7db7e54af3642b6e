import { expect, test } from '@jest/globals';
import { logKmsAttempts } from '../../../shared/observability/kms-attempts.ts';
import type { Measurement } from '../../../shared/observability/measurement.ts';

const attempt = { operation: 'Sign', attempt: 1, kmsRequestId: 'a6f1' };

test.each([
  { outcome: 'ok', level: 'info', metrics: [] },
  { outcome: 'TimeoutError', level: 'warn', metrics: [] },
  { outcome: 'ThrottlingException', level: 'warn', metrics: ['SigningThrottled'] },
  { outcome: 'DisabledException', level: 'warn', metrics: ['SigningKeysUnusable'] },
  { outcome: 'KMSInvalidStateException', level: 'warn', metrics: ['SigningKeysUnusable'] },
  { outcome: 'AccessDeniedException', level: 'warn', metrics: ['SigningKeysUnusable'] },
])(
  'a call of KMS that ends with $outcome is logged as $level, with the metrics $metrics',
  ({ outcome, level, metrics }) => {
    const lines: unknown[] = [];
    const write =
      (at: string) =>
      (message: string, fields?: object, measurements: readonly Measurement[] = []) =>
        void lines.push([at, message, fields, measurements.map(({ metric }) => metric.name)]);
    logKmsAttempts({ info: write('info'), warn: write('warn'), error: write('error') })({
      ...attempt,
      outcome,
    });
    expect(lines).toEqual([[level, 'kms attempt', { ...attempt, outcome }, metrics]]);
  },
);
