import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Instant, isOver } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { RenewalView } from './ports.ts';

/** How often the successor of a certificate may be replaced by one with another key. */
const MOST_REPLACEMENTS = 5;

/**
 * Whether a certificate may get a new successor: it has none, or one that nobody confirmed. A successor that was renewed
 * itself is confirmed by that. One that was revoked for its own sake stays the last: its predecessor is no way around the
 * revocation.
 *
 * @throws AppError `already_renewed`, `certificate_revoked`; `try_again` while the successor is being signed.
 */
export function checkReplaceable(
  { record, successor }: Pick<RenewalView, 'record' | 'successor'>,
  now: Instant,
): void {
  if (record.successor === undefined || successor === undefined) return;
  const about = `serial number ${successor.serialNumber}`;
  if (record.successor.confirmedAt !== undefined || successor.successor !== undefined)
    throw alreadyRenewed(
      `This certificate was renewed, and its successor (${about}) is in use. Renew that one. If this host does not have it, its key may be stolen: revoke all certificates of the name "${record.name}", and enroll again.`,
    );
  if (successor.state === 'REVOKED' || successor.state === 'VOID')
    throw new AppError(
      'certificate_revoked',
      `This certificate was renewed, and its successor (${about}) was revoked. Make a new key, and enroll again with a new bootstrap token.`,
    );
  if ((record.successorsReplaced ?? 0) >= MOST_REPLACEMENTS)
    throw alreadyRenewed(
      `The successor of this certificate was replaced ${MOST_REPLACEMENTS} times and never confirmed. Renew with the last key again, and confirm it (POST /v1/renew/confirm). If this host did not send those requests, its key may be stolen: revoke all certificates of the name "${record.name}", and enroll again.`,
    );
  checkNotBeingSigned(successor, now);
}

/** Its maker would lose a certificate that it is about to get. */
function checkNotBeingSigned({ state, lease }: CertificateRecord, now: Instant): void {
  if (state !== 'RESERVED' || isOver(lease.until, now)) return;
  throw new AppError(
    'try_again',
    'This certificate is being renewed with another key at the moment. Send the same request again later.',
    { retryAfterSeconds: lease.until - now + 1 },
  );
}

function alreadyRenewed(words: string): AppError {
  return new AppError('already_renewed', words);
}
