import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { linesIn } from '../../../functions/publish-rejections/request.ts';
import { rejectedEnrollments } from '../../../shared/rotation/rejected-enrollments.ts';
import { requireDescribed } from '../../fakes/events.ts';
import { NOW } from '../../support/records.ts';

/** As `enroll` writes it: test/exhaustive/events.test.ts reads the real one. */
const LINE = {
  level: 'WARN',
  message: 'request',
  function: 'enroll',
  requestId: 'chosen-by-the-caller',
  awsRequestId: '9d2b',
  sourceIp: '198.51.100.7',
  status: 409,
  code: 'name_in_use',
  reason: { authenticated: true, tokenId: 'A1b2C3d4E5f6G7h8', name: 'host-1' },
};

const of = (...lines: readonly unknown[]) =>
  rejectedEnrollments(
    lines.map((line) => ({
      timestamp: NOW * 1000 + 999,
      message: typeof line === 'string' ? line : JSON.stringify(line),
    })),
  );

describe('a refused enrollment', () => {
  test('whose token was recognised is an event, with the id of the invocation', () => {
    const events = of(LINE);
    const { requestId, sourceIp, code } = LINE;
    expect(events).toEqual([
      {
        id: 'enrollment.rejected/9d2b',
        type: 'enrollment.rejected',
        at: NOW,
        detail: { requestId, sourceIp, code, tokenId: 'A1b2C3d4E5f6G7h8', name: 'host-1' },
      },
    ]);
    for (const { type, id, detail } of events) requireDescribed(type, { id, ...detail });
  });

  test('by a token that is spent says so', () => {
    const [event] = of({ ...LINE, code: 'token_rejected', reason: { ...LINE.reason, refusedAs: 'spent' } });
    expect(event?.detail).toMatchObject({ code: 'token_rejected', tokenIs: 'spent' });
    requireDescribed(event?.type ?? '', { id: event?.id, ...event?.detail });
  });
});

test.each([
  { name: 'of a token that nobody showed', line: { ...LINE, reason: { tokenId: 'A1b2C3d4E5f6G7h8' } } },
  { name: 'without a reason', line: { ...LINE, reason: undefined } },
  { name: 'of another message', line: { ...LINE, message: 'enrollment' } },
  { name: 'that is no object', line: 'null' },
  { name: 'with an id of another type', line: { ...LINE, awsRequestId: { toString: 1 } } },
  { name: 'of Lambda itself', line: 'START RequestId: 9d2b' },
])('a line $name is no event', ({ line }) => {
  expect(of(line)).toEqual([]);
});

describe('a delivery of CloudWatch Logs', () => {
  const delivery = (messageType: string) => {
    const logEvents = [{ id: '1', timestamp: 5, message: 'a' }];
    const data = gzipSync(JSON.stringify({ messageType, logEvents })).toString('base64');
    return linesIn({ awslogs: { data } });
  };

  test('has its lines', () => {
    expect(delivery('DATA_MESSAGE')).toEqual([{ id: '1', timestamp: 5, message: 'a' }]);
  });

  test('that is a test of the destination has none', () => {
    expect(delivery('CONTROL_MESSAGE')).toEqual([]);
  });
});
