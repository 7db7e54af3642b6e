import { CloudWatchLogsClient, type FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { instant } from '../../../shared/domain/instant.ts';
import { signatureRecords } from '../../../shared/kms/signature-records.ts';

const SERIAL = '4a'.repeat(18);

/** The attempts among lines that a function logged. */
async function attemptsIn(lines: readonly unknown[]) {
  const logs = new CloudWatchLogsClient({ region: 'eu-central-1' });
  const asked: unknown[] = [];
  logs.middlewareStack.add(
    () => async (call) => {
      asked.push((call.input as FilterLogEventsCommandInput).logGroupName);
      const events = lines.map((line) => ({
        message: typeof line === 'string' ? line : JSON.stringify(line),
        timestamp: 1_780_000_000_500,
      }));
      return { output: { $metadata: {}, events }, response: undefined };
    },
    { step: 'initialize' },
  );
  const functions = [{ functionName: 'enroll', logGroupName: '/aws/lambda/enroll' }];
  const records = signatureRecords({ functions, logs });
  const attempts = await records.loggedAttempts(
    instant(1_780_000_000),
    instant(1_780_000_060),
    new Set(['one', 'list']),
  );
  expect(asked).toEqual(['/aws/lambda/enroll']);
  return attempts;
}

test('an attempt is read with the certificate that it was for', async () => {
  const at = instant(1_780_000_000);
  const common = { functionName: 'enroll', at };
  expect(
    await attemptsIn([
      { operation: 'Sign', kmsRequestId: 'one', serialNumber: SERIAL },
      { operation: 'Sign', serialNumber: SERIAL.toUpperCase() },
      { operation: 'Sign', kmsRequestId: 'list' },
      { operation: 'Sign', kmsRequestId: 'of no use' },
    ]),
  ).toEqual([
    { ...common, requestId: 'one', serialNumber: SERIAL },
    { ...common, requestId: 'list', serialNumber: undefined },
    { ...common, requestId: undefined, serialNumber: SERIAL },
  ]);
});

const ODD: readonly unknown[] = ['', 'none', SERIAL.slice(2), 7, null, { toString: 1 }, [SERIAL]];

test.each(ODD)(
  'an attempt for the certificate %j, which is no serial number, explains nothing',
  async (odd) => {
    expect(await attemptsIn([{ operation: 'Sign', kmsRequestId: 'one', serialNumber: odd }])).toEqual([]);
  },
);

test.each(['', 7, null, { toString: 1 }, ['one']])(
  'an attempt with the id %j explains nothing',
  async (odd) => {
    expect(await attemptsIn([{ operation: 'Sign', kmsRequestId: odd, serialNumber: SERIAL }])).toEqual([]);
  },
);

test('a line that is no JSON explains nothing, nor do more attempts without a response than there can be', async () => {
  expect(await attemptsIn(['{', '', '"one"x', 'null', '7'])).toEqual([]);
  const lost = '{"operation":"Sign"}';
  expect(await attemptsIn(Array(10_000).fill(lost))).toHaveLength(10_000);
  expect(await attemptsIn(Array(10_001).fill(lost))).toEqual([]);
});
