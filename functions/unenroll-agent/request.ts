import type { DynamoDBStreamEvent } from 'aws-lambda';
import { PARTITIONS, TABLE_KEY } from '../../shared/config/table.ts';
import { parseSerialNumber, type SerialNumber } from '../../shared/domain/serial-number.ts';

/** An operator's event: certificates to be dealt with that the stream gave up. */
export interface ManualEvent {
  readonly serialNumbers: readonly string[];
}

/** The serial numbers of the revoked certificates in a batch of the ledger's stream, or in an operator's event; each once. */
export function revokedIn(event: DynamoDBStreamEvent | ManualEvent): readonly SerialNumber[] {
  const serials =
    'Records' in event
      ? recordsOf(event)
      : event.serialNumbers.flatMap((serial) => parseSerialNumber(serial) ?? []);
  return [...new Set(serials)];
}

function recordsOf({ Records }: DynamoDBStreamEvent): readonly SerialNumber[] {
  return Records.flatMap(({ dynamodb }) => {
    const { [TABLE_KEY.partition]: partition, [TABLE_KEY.sort]: sort } = dynamodb?.Keys ?? {};
    return partition?.S?.startsWith(PARTITIONS.revoked) ? (parseSerialNumber(sort?.S ?? '') ?? []) : [];
  });
}
