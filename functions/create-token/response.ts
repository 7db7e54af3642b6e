import * as z from 'zod/mini';
import type { BootstrapToken } from '../../shared/domain/bootstrap-token.ts';
import { renderToken, tokenView } from '../../shared/http/contract/token.ts';

/** The answer to `POST /v1/tokens`: the only one that ever holds the token itself. */
export const createTokenAnswer = z
  .intersection(
    tokenView,
    z.object({
      token: z
        .string()
        .check(z.describe('fst_<id>_<secret>. Shown once; only a hash of the secret is stored.')),
    }),
  )
  .check(z.meta({ id: 'NewToken' }));

/** A new token, nothing used yet. */
export function renderNewToken(record: BootstrapToken, token: string): z.infer<typeof createTokenAnswer> {
  return { ...renderToken(record, 0, record.createdAt), token };
}
