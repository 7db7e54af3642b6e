import * as z from 'zod/mini';
import { REVOCATION_REASONS, type Revocation, type RevocationReason } from '../../domain/revocation.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';

const REASONS = Object.keys(REVOCATION_REASONS) as RevocationReason[];

/** A revocation in responses, besides its time. */
export const revocationView = z.object({
  reason: z.enum(REASONS).check(z.describe('As in RFC 5280 section 5.3.1.')),
  revokedBy: z.string().check(z.describe('ARN of the IAM principal, or "fleetseal" for the service itself.')),
  comment: z.optional(z.string()),
});

export function renderRevocation({ reason, revokedBy, comment }: Revocation): z.infer<typeof revocationView> {
  return withoutUndefined({ reason, revokedBy, comment });
}
