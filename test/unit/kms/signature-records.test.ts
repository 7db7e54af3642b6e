import { CloudWatchLogsClient, type FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { instant } from '../../../shared/domain/instant.ts';
import { signatureRecords } from '../../../shared/kms/signature-records.ts';

const SERIAL = '4a'.repeat(18);

/** The attempts among lines that a function logged. */
async function attemptsIn(lines: readonly object[]) {
  const logs = new CloudWatchLogsClient({ region: 'eu-central-1' });
  const asked: unknown[] = [];
  logs.middlewareStack.add(
    () => async (call) => {
      asked.push((call.input as FilterLogEventsCommandInput).logGroupName);
      const events = lines.map((line) => ({ message: JSON.stringify(line), timestamp: 1_780_000_000_500 }));
      return { output: { $metadata: {}, events }, response: undefined };
    },
    { step: 'initialize' },
  );
  const functions = [{ functionName: 'enroll', logGroupName: '/aws/lambda/enroll' }];
  const records = signatureRecords({ functions, logs });
  const attempts = await records.loggedAttempts(instant(1_780_000_000), instant(1_780_000_060));
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
    ]),
  ).toEqual([
    { ...common, requestId: 'one', serialNumber: SERIAL },
    { ...common, requestId: undefined, serialNumber: SERIAL },
    { ...common, requestId: 'list', serialNumber: undefined },
  ]);
});

test.each(['', 'none', SERIAL.slice(2), 7])(
  'an attempt for the certificate %j, which is no serial number, explains nothing',
  async (serialNumber) => {
    expect(await attemptsIn([{ operation: 'Sign', kmsRequestId: 'one', serialNumber }])).toEqual([]);
  },
);
