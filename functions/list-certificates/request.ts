import * as z from 'zod/mini';
import { CERTIFICATE_STATES } from '../../shared/domain/certificate-record.ts';
import { COMMON_NAME_RULE, parseCommonName } from '../../shared/domain/common-name.ts';
import { parseRfc3339 } from '../../shared/domain/instant.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { paging } from '../../shared/http/contract/paging.ts';
import { text } from '../../shared/http/schema.ts';

const TIME_RULE = 'an RFC 3339 time such as "2026-12-01T00:00:00Z"; in a URL, "+" must be written "%2B"';

/** The query of `GET /v1/certificates`. */
export const listCertificatesQuery = z.strictObject({
  ...paging,
  expiresBefore: z.optional(
    text(parseRfc3339, TIME_RULE).check(
      z.meta({ format: 'date-time', description: 'Those whose notAfter is earlier.' }),
    ),
  ),
  name: z.optional(
    text(parseCommonName, COMMON_NAME_RULE).check(
      z.describe('Those of this name, in either case, newest first.'),
    ),
  ),
  profile: z.optional(z.enum(PROFILE_NAMES)),
  state: z.optional(z.enum(CERTIFICATE_STATES).check(z.describe('As recorded; expiry is no state.'))),
});
