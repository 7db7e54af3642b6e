import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { CertificateChange } from '../../shared/rotation/ports.ts';
import { changedCertificates, revokedCertificates } from '../../shared/store/changed-certificates.ts';

/** Certificates changed; an operator names revoked ones; a schedule. */
export type PublishEventsEvent =
  | DynamoDBStreamEvent
  | { readonly serialNumbers: readonly string[] }
  | Record<string, never>;

/** The changes of certificates in a batch of the ledger's stream, or in an operator's event; undefined for a schedule. */
export function changesIn(event: PublishEventsEvent): readonly CertificateChange[] | undefined {
  if (isStreamEvent(event)) return changedCertificates(event.Records);
  return event['serialNumbers'] && revokedCertificates(event['serialNumbers']);
}

function isStreamEvent(event: PublishEventsEvent): event is DynamoDBStreamEvent {
  return 'Records' in event;
}
