import { expect, test } from '@jest/globals';
import { logKmsAttempts } from '../../../shared/observability/kms-attempts.ts';
import type { LogMetrics } from '../../../shared/observability/log.ts';

/** Names of the metrics, by their values beside `_aws`. */
function namesIn(metrics: LogMetrics | undefined): readonly string[] {
  process.env['METRICS_NAMESPACE'] = 'fleetseal/acme';
  const members = Object.keys(metrics?.(new Date(0)) ?? {});
  delete process.env['METRICS_NAMESPACE'];
  return members.filter((name) => name !== '_aws');
}

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
    const write = (at: string) => (message: string, fields?: object, metrics?: LogMetrics) =>
      void lines.push([at, message, fields, namesIn(metrics)]);
    logKmsAttempts({ info: write('info'), warn: write('warn'), error: write('error') })({
      ...attempt,
      outcome,
    });
    expect(lines).toEqual([[level, 'kms attempt', { ...attempt, outcome }, metrics]]);
  },
);
