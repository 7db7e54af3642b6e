import * as z from 'zod/mini';
import type { ArchivedCertificate } from '../../shared/archive/ports.ts';
import type { CertificateEvent } from '../../shared/domain/certificate-event.ts';
import { toRfc3339 } from '../../shared/domain/instant.ts';
import { REVOKER_DESCRIPTION } from '../../shared/http/contract/revocation.ts';
import { time } from '../../shared/http/contract/words.ts';
import type { CertificateHistory } from '../../shared/revocation/read-history.ts';

const eventView = z
  .object({
    at: time,
    event: z
      .string()
      .check(
        z.describe(
          'reserved, issued, revoked, or voided: abandoned before it was signed. Of the certificate that renews it, the successor: renewed, successorReplaced (before it was confirmed, by one with another key), successorConfirmed, successorVoided (abandoned). Of its agent: agentUnenrolled in Fleet, or agentNotUnenrolled, for the reason in the comment. archived: moved out of the table, long after its expiry. Others may be added.',
        ),
      ),
    by: z.optional(z.string()).check(z.describe(REVOKER_DESCRIPTION)),
    reason: z.optional(z.string()).check(z.describe('As in RFC 5280 section 5.3.1.')),
    comment: z.optional(z.string()),
    successor: z
      .optional(z.string())
      .check(z.describe('Serial number of the successor that the event is about.')),
    replaced: z.optional(z.string()).check(z.describe('Of successorReplaced: the successor before it.')),
    tokenId: z.optional(z.string()).check(z.describe('Of reserved: the bootstrap token.')),
    sourceIp: z.optional(z.string()).check(z.describe('Of reserved: the address of the caller.')),
    requestId: z.optional(z.string()).check(z.describe('Of reserved: the request.')),
  })
  .check(z.meta({ id: 'CertificateEvent' }));

/** The answer to `GET /v1/certificates/{serial}/history`. */
export const historyAnswer = z.object({
  items: z.array(eventView).check(z.describe('All of them, oldest first.')),
});

/** Reserving and issuing as the record has them, then what happened since. */
export function renderHistory({
  record,
  events,
}: CertificateHistory | ArchivedCertificate): z.infer<typeof historyAnswer> {
  const archivedAt = 'archivedAt' in record ? record.archivedAt : undefined;
  const { reservedAt, issuedAt, tokenId, sourceIp, requestId } = record;
  return {
    items: [
      { at: toRfc3339(reservedAt), event: 'reserved', tokenId, sourceIp, requestId },
      ...(issuedAt === undefined ? [] : [{ at: toRfc3339(issuedAt), event: 'issued' }]),
      ...events.map(renderEvent),
      ...(archivedAt === undefined ? [] : [{ at: toRfc3339(archivedAt), event: 'archived' }]),
    ],
  };
}

function renderEvent({ at, ...said }: CertificateEvent): z.infer<typeof eventView> {
  return { at: toRfc3339(at), ...said };
}
