import type { RenewalBurst } from '../domain/certificate-record.ts';
import { HOUR } from '../domain/duration.ts';
import { type Instant, isOver, plus } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';

/** Signatures that one identity may cause in {@link PERIOD_SECONDS}: a host that renews in a loop stops here. */
const MOST = 5;
const PERIOD_SECONDS = HOUR;

/**
 * Counts one more renewal. The first certificate of a chain counts for nothing: a host may renew right after enrolling.
 *
 * @param before - of the certificate that is renewed, or of the successor that is replaced
 * @throws AppError `renewed_too_often` after 5 in an hour.
 */
export function countRenewal(before: RenewalBurst | undefined, now: Instant): RenewalBurst {
  const end = before && plus(before.since, PERIOD_SECONDS);
  if (before === undefined || end === undefined || isOver(end, now)) return { since: now, count: 1 };
  if (before.count >= MOST)
    throw new AppError(
      'renewed_too_often',
      `This certificate and those before it were renewed ${before.count} times within an hour. Wait, and find out why: a host renews once, when its renewal window opens.`,
      { retryAfterSeconds: end - now + 1 },
    );
  return { since: before.since, count: before.count + 1 };
}
