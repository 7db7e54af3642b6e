import { expect, test } from '@jest/globals';
import { logKmsAttempts } from '../../../shared/observability/kms-attempts.ts';

const attempt = { operation: 'Sign', attempt: 1, kmsRequestId: 'a6f1' };

test.each([
  { outcome: 'ok', level: 'info' },
  { outcome: 'ThrottlingException', level: 'warn' },
])('a call of KMS that ends with $outcome is logged as $level', ({ outcome, level }) => {
  const lines: unknown[] = [];
  const write = (at: string) => (message: string, fields?: object) => void lines.push([at, message, fields]);
  logKmsAttempts({ info: write('info'), warn: write('warn'), error: write('error') })({
    ...attempt,
    outcome,
  });
  expect(lines).toEqual([[level, 'kms attempt', { ...attempt, outcome }]]);
});
