import { describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { revokedIn } from '../../../functions/unenroll-agent/request.ts';
import { serialNumber } from '../../support/records.ts';

const queued = (...bodies: readonly string[]) =>
  ({
    Records: bodies.map((body, index) => ({ eventSource: 'aws:sqs', messageId: `m${index}`, body })),
  }) as unknown as SQSEvent;

describe('the certificates of an event', () => {
  const [one, two] = [serialNumber(), serialNumber()];

  test('are those of the messages, each with its id; a message without one is not lost', () => {
    const bodies = [{ detail: { serialNumber: one } }, { detail: { serialNumber: 'x' } }, {}, null];
    expect(revokedIn(queued(...bodies.map((body) => JSON.stringify(body)), 'no JSON'))).toEqual([
      { id: 'm0', serialNumber: one },
      ...['m1', 'm2', 'm3', 'm4'].map((id) => ({ id, serialNumber: undefined })),
    ]);
  });

  test('are not those of the stream that it read before: such a batch has to be tried again', () => {
    const event = { Records: [{ eventSource: 'aws:dynamodb' }] } as unknown as SQSEvent;
    expect(() => revokedIn(event)).toThrow('a batch of aws:dynamodb, not of the queue');
  });

  test("or an operator's, in any form of a serial number", () => {
    const decimal = BigInt(`0x${two}`).toString();
    expect(revokedIn({ serialNumbers: [one.toUpperCase(), decimal, decimal, 'x'] })).toEqual([
      { id: one.toUpperCase(), serialNumber: one },
      { id: decimal, serialNumber: two },
      { id: 'x', serialNumber: undefined },
    ]);
  });
});
