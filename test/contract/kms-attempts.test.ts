import { describe, expect, test } from '@jest/globals';
import { instant } from '../../shared/domain/instant.ts';
import { SigningError } from '../../shared/issuance/ports.ts';
import { type AttemptOptions, attemptWithin, type ReportedAttempt } from '../../shared/kms/attempts.ts';
import { REQUEST_TIMEOUT_MILLISECONDS } from '../../shared/kms/client.ts';

const AT = instant(1_795_413_600);

/** An error as the SDK throws it. */
function sdkError(name: string, more: object = {}): Error {
  return Object.assign(new Error(name), { name, $metadata: { requestId: `id-of-${name}` }, ...more });
}

/** A clock that only pauses and calls move; calls end as listed, and the last of the list goes on for ever. */
function bench(
  options: {
    readonly callTakes?: number;
    readonly random?: number;
    readonly repeatUnanswered?: boolean;
  } = {},
) {
  let now = 0;
  const pauses: number[] = [];
  const timeouts: number[] = [];
  const reported: ReportedAttempt[] = [];
  const attemptOptions: AttemptOptions = {
    clock: () => AT,
    elapsed: () => now,
    repeatUnanswered: options.repeatUnanswered ?? true,
    random: () => options.random ?? 1,
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
    onAttempt: (attempt) => reported.push(attempt),
  };
  const run = (...outcomes: readonly (Error | 'ok')[]) => {
    const left = [...outcomes];
    return attemptWithin(attemptOptions, 'Sign', async (timeout) => {
      // Without one, that of the client holds.
      timeouts.push(timeout?.requestTimeout ?? REQUEST_TIMEOUT_MILLISECONDS);
      now += options.callTakes ?? 0;
      const outcome = left.length > 1 ? left.shift() : left[0];
      if (outcome instanceof Error) throw outcome;
      return { $metadata: { requestId: 'id-of-success' } };
    });
  };
  return { run, pauses, timeouts, reported, spent: () => now };
}

describe('attempts at KMS', () => {
  test('that got no response are not repeated where a second signature would be one too many', async () => {
    const { run, reported } = bench({ repeatUnanswered: false });
    const broken = sdkError('Error', { code: 'ECONNRESET', $metadata: {} });
    await expect(run(sdkError('ThrottlingException'), broken, 'ok')).rejects.toMatchObject({
      retryable: true,
    });
    expect(reported.map(({ outcome }) => outcome)).toEqual(['ThrottlingException', 'Error']);
  });

  test.each([
    { name: 'throttling', error: sdkError('ThrottlingException', { $metadata: { httpStatusCode: 400 } }) },
    {
      name: 'an internal error',
      error: sdkError('KMSInternalException', { $metadata: { httpStatusCode: 500 } }),
    },
    {
      name: 'a slow dependency',
      error: sdkError('DependencyTimeoutException', { $metadata: { httpStatusCode: 503 } }),
    },
    {
      name: 'a key that is not available for a moment',
      error: sdkError('KeyUnavailableException', { $metadata: { httpStatusCode: 500 } }),
    },
    { name: 'no answer in time', error: sdkError('TimeoutError') },
    { name: 'a broken connection', error: sdkError('Error', { code: 'ECONNRESET' }) },
    { name: 'no connection', error: sdkError('Error', { code: 'ECONNREFUSED' }) },
  ])('$name is tried again', async ({ error }) => {
    const { attempts } = await bench().run(error, 'ok');
    expect(attempts.map(({ outcome }) => outcome)).toEqual([error.name, 'ok']);
  });

  test.each([
    'AccessDeniedException',
    'DisabledException',
    'NotFoundException',
    'KMSInvalidStateException',
    'InvalidKeyUsageException',
    'ValidationException',
  ])('%s is not', async (name) => {
    const subject = bench();
    const failed = subject.run(sdkError(name, { $metadata: { httpStatusCode: 400, requestId: 'r-1' } }));
    await expect(failed).rejects.toMatchObject({
      message: `KMS Sign failed: ${name}`,
      retryable: false,
      attempts: [{ at: AT, outcome: name, requestId: 'r-1' }],
    });
    expect(subject.pauses).toEqual([]);
  });

  test('pauses double from 50 ms to a second, with full jitter, and the budget of 8 seconds ends it', async () => {
    const subject = bench({ callTakes: 10 });
    const error = await subject.run(sdkError('ThrottlingException')).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SigningError);
    expect(subject.pauses.slice(0, 7)).toEqual([50, 100, 200, 400, 800, 1000, 1000]);
    expect(subject.spent()).toBeLessThanOrEqual(8000);
    const none = bench({ random: 0 });
    await none.run(sdkError('ThrottlingException'), sdkError('ThrottlingException'), 'ok');
    expect(none.pauses).toEqual([0, 0]);
  });

  test('each attempt may take 2 seconds, the last one what is left', async () => {
    const subject = bench({ callTakes: 2000, random: 0.5 });
    await subject.run(sdkError('TimeoutError')).catch(() => undefined);
    expect(subject.timeouts.slice(0, 3)).toEqual([2000, 2000, 2000]);
    expect(subject.timeouts.at(-1)).toBeLessThan(2000);
    expect(subject.timeouts.at(-1)).toBeGreaterThan(0);
  });

  test('each attempt is reported when it has ended, with what CloudTrail knows it by', async () => {
    const subject = bench();
    await subject.run(sdkError('ThrottlingException'), sdkError('TimeoutError', { $metadata: {} }), 'ok');
    expect(subject.reported).toEqual([
      {
        operation: 'Sign',
        attempt: 1,
        outcome: 'ThrottlingException',
        kmsRequestId: 'id-of-ThrottlingException',
      },
      { operation: 'Sign', attempt: 2, outcome: 'TimeoutError' },
      { operation: 'Sign', attempt: 3, outcome: 'ok', kmsRequestId: 'id-of-success' },
    ]);
  });
});
