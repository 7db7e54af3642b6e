import { describe, expect, test } from '@jest/globals';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { revokedIn } from '../../../functions/unenroll-agent/request.ts';
import { serialNumber } from '../../support/records.ts';

const record = (pk: string, sk: string) => ({ dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } } });
const stream = (...Records: readonly object[]) => ({ Records }) as unknown as DynamoDBStreamEvent;

describe('the certificates of an event', () => {
  const [one, two] = [serialNumber(), serialNumber()];

  test('are those of new entries of the revocation lists, each once', () => {
    const event = stream(
      record('REVOKED#issuer-1#003', one),
      record('REVOKED#issuer-1#003', one),
      record('REVOKED#issuer-2#015', two),
      record(`CERT#${two}`, 'META'),
      record('REVOKED#issuer-1#003', 'no serial number'),
      { dynamodb: {} },
      {},
    );
    expect(revokedIn(event)).toEqual([one, two]);
  });

  test("or an operator's, in any form of a serial number", () => {
    const decimal = BigInt(`0x${two}`).toString();
    expect(revokedIn({ serialNumbers: [one.toUpperCase(), decimal, 'x'] })).toEqual([one, two]);
  });
});
