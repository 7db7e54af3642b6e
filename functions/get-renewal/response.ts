import * as z from 'zod/mini';
import { toRfc3339 } from '../../shared/domain/instant.ts';
import { time } from '../../shared/http/contract/words.ts';
import type { RenewalInformation } from '../../shared/rotation/read-renewal.ts';

/** The answer to `GET /v1/renewal/{serial}`; its window as in RFC 9773 section 4.2. */
export const renewalAnswer = z
  .object({
    serialNumber: z.string().check(z.describe('36 lower-case hex digits.')),
    suggestedWindow: z
      .object({ start: time, end: time })
      .check(z.describe('Renew in it; or now, if it has begun or is over.')),
    retryAfter: z
      .int()
      .check(z.describe('Seconds after which to ask again, also as Retry-After: the window may move.')),
    explanation: z.string().check(z.describe('Why then, for people.')),
  })
  .check(z.meta({ id: 'Renewal' }));

export function renderRenewal({
  serialNumber,
  window: { start, end, explanation },
  retryAfterSeconds,
}: RenewalInformation): z.infer<typeof renewalAnswer> {
  return {
    serialNumber,
    suggestedWindow: { start: toRfc3339(start), end: toRfc3339(end) },
    retryAfter: retryAfterSeconds,
    explanation,
  };
}
