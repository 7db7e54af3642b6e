import * as z from 'zod/mini';
import { AppError } from '../../shared/errors/app-error.ts';
import { deploymentSchema } from '../../shared/http/contract/deployment.ts';

/** The body of `POST /v1/enroll`. What a CSR and names must look like is checked by `shared/issuance`, with its reasons. */
export const enrollBody = z.strictObject({
  csr: z.string(),
  name: z.string(),
  dnsNames: z._default(z.array(z.string()), []),
  ipAddresses: z._default(z.array(z.string()), []),
  deployment: z.optional(deploymentSchema),
});

/**
 * The bootstrap token of an `Authorization: Bearer` header (RFC 6750 section 2.1).
 *
 * @throws AppError `token_missing` where there is none.
 */
export function bearerToken(authorization: string | undefined): string {
  const match = /^Bearer +(\S+) *$/i.exec(authorization ?? '');
  if (match?.[1] === undefined)
    throw new AppError(
      'token_missing',
      'Send a bootstrap token in the header "Authorization: Bearer fst_..."; an administrator makes one with POST /v1/tokens.',
    );
  return match[1];
}
