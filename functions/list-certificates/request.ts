import * as z from 'zod/mini';
import { LISTED_STATES } from '../../shared/domain/certificate-record.ts';
import { parseCommonName } from '../../shared/domain/common-name.ts';
import { parseRfc3339 } from '../../shared/domain/instant.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { COMMON_NAME, TIME } from '../../shared/http/contract/formats.ts';
import { paging } from '../../shared/http/contract/paging.ts';
import { text } from '../../shared/http/schema.ts';

const time = text(parseRfc3339, TIME);

/** The query of `GET /v1/certificates`. */
export const listCertificatesQuery = z.strictObject({
  ...paging,
  expiresAfter: z.optional(time.check(z.describe('Only those with this notAfter or a later one.'))),
  expiresBefore: z.optional(time.check(z.describe('Only those with an earlier notAfter.'))),
  name: z.optional(
    text(parseCommonName, COMMON_NAME).check(
      z.describe('Only those with this name, regardless of case, newest first.'),
    ),
  ),
  profile: z.optional(z.enum(PROFILE_NAMES)),
  state: z.optional(
    z
      .enum(LISTED_STATES)
      .check(
        z.describe(
          'As recorded; expiry is not a state. A certificate is listed once it is signed or given up.',
        ),
      ),
  ),
});
