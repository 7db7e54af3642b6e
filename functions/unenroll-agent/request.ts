import type { SQSEvent } from 'aws-lambda';
import { parseSerialNumber, type SerialNumber } from '../../shared/domain/serial-number.ts';

/** An operator's event: certificates to be dealt with that the queue gave up. */
export interface ManualEvent {
  readonly serialNumbers: readonly string[];
}

/** A revoked certificate to deal with. */
export interface RevokedMessage {
  /** Of the message in the queue; for an operator's event, the serial number as it was sent. */
  readonly id: string;
  /** Undefined if the message has no serial number: it cannot be dealt with. */
  readonly serialNumber: SerialNumber | undefined;
}

/**
 * The revoked certificates of a batch of events `certificate.revoked`, as EventBridge queues them, or of an operator's event.
 *
 * @throws TypeError for a batch of something else, which must not count as dealt with: before there was a queue, the function
 *   read the stream of the ledger, and an upgrade replaces its code first.
 */
export function revokedIn(event: SQSEvent | ManualEvent): readonly RevokedMessage[] {
  if ('Records' in event)
    return event.Records.map(({ eventSource, messageId: id, body }) => {
      if (eventSource !== 'aws:sqs') throw new TypeError(`a batch of ${eventSource}, not of the queue`);
      return { id, serialNumber: serialNumberIn(body) };
    });
  return [...new Set(event.serialNumbers)].map((id) => ({ id, serialNumber: parseSerialNumber(id) }));
}

function serialNumberIn(body: string): SerialNumber | undefined {
  try {
    const { detail } = JSON.parse(body) as { readonly detail?: { readonly serialNumber?: unknown } };
    return parseSerialNumber(String(detail?.serialNumber));
  } catch {
    return undefined;
  }
}
