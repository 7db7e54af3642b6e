import * as z from 'zod/mini';
import { toRfc3339 } from '../../shared/domain/instant.ts';
import { LEAF_REVOCATION_REASONS } from '../../shared/domain/revocation.ts';
import { toDecimal } from '../../shared/domain/serial-number.ts';
import { time } from '../../shared/http/contract/words.ts';
import type { RevokedRecord } from '../../shared/revocation/revoke-certificate.ts';

/** The answer to `POST /v1/revoke`. */
export const reportCompromiseAnswer = z.object({
  revoked: z
    .array(
      z.object({
        serialNumber: z.string().check(z.describe('36 lower-case hex digits.')),
        serialNumberDecimal: z.string().check(z.describe('The same in decimal.')),
        revokedAt: time,
        reason: z.enum(LEAF_REVOCATION_REASONS),
      }),
    )
    .check(
      z.describe(
        'The certificate; with the earlier time and reason where it was revoked before. The key is blocked in any case. Then a successor that nobody confirmed.',
      ),
    ),
});

/** Without who revoked it, which may be an administrator. */
export function renderReport(revoked: readonly RevokedRecord[]) {
  return {
    revoked: revoked.map(({ serialNumber, revocation }) => ({
      serialNumber,
      serialNumberDecimal: toDecimal(serialNumber),
      revokedAt: toRfc3339(revocation.revokedAt),
      reason: revocation.reason,
    })),
  };
}
