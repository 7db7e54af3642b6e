import * as z from 'zod/mini';
import { deploymentSchema } from '../../shared/elastic/deployment/deployment.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { COMMON_NAME, DNS_NAME, IP_ADDRESS } from '../../shared/http/contract/formats.ts';
import { MAX_NAMES } from '../../shared/issuance/profile-names.ts';
import { MAX_CSR_LENGTH } from '../../shared/pki/csr/text.ts';
import { describeFormat, type Format } from '../../shared/schema/format.ts';
import { freeText } from '../../shared/schema/free-text.ts';

/**
 * The body of `POST /v1/enroll`. What a CSR and names must look like is checked by `shared/issuance`, with its reasons; of
 * the text of a CSR nothing is kept or shown but what its DER says, so that any text may stand around the block.
 */
export const enrollBody = z.strictObject({
  csr: z.string().check(z.meta({ minLength: 1, maxLength: MAX_CSR_LENGTH })),
  name: freeText().check(describeFormat(COMMON_NAME)),
  dnsNames: namesOf(DNS_NAME),
  ipAddresses: namesOf(IP_ADDRESS),
  deployment: z.optional(deploymentSchema),
});

/** The number counts DNS names and addresses together. */
function namesOf(format: Format) {
  const names = z.array(freeText().check(describeFormat(format))).check(z.meta({ maxItems: MAX_NAMES }));
  return z._default(names, []);
}

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
