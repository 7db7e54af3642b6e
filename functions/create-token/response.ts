import * as z from 'zod/mini';
import { bootstrapLine } from '../../shared/delivery/bootstrap-line.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { renderToken, tokenView } from '../../shared/http/contract/token.ts';
import type { CreatedToken } from '../../shared/issuance/create-token.ts';

/** The answer to `POST /v1/tokens`: the only one that ever holds the token itself. */
export const createTokenAnswer = z
  .intersection(
    tokenView,
    z.object({
      token: z
        .string()
        .check(z.describe('fst_<id>_<secret>. Shown once; only a hash of the secret is stored.')),
      bootstrap: z
        .optional(z.string())
        .check(
          z.describe(
            'A line to paste on a Linux or macOS host, with the token: it downloads bootstrap.sh, checks its hash, and enrolls the host. Absent where the token is bound to a CSR, since the script makes a key of its own, and before the authority has a root.',
          ),
        ),
    }),
  )
  .check(z.meta({ id: 'NewToken' }));

/**
 * A new token, nothing used yet.
 *
 * @param urlOf - the URL of a path of the API
 */
export function renderNewToken(
  { record, token, trustSha256 }: CreatedToken,
  urlOf: (path: `/${string}`) => string,
): z.infer<typeof createTokenAnswer> {
  const usable = trustSha256 !== undefined && record.bind.csrSha256 === undefined;
  const bootstrap = usable ? bootstrapLine({ urlOf, trustSha256, token, names: record.names }) : undefined;
  return withoutUndefined({ ...renderToken(record, 0, record.createdAt), token, bootstrap });
}
