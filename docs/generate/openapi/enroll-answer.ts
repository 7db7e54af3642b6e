import * as z from 'zod/mini';
import { PROFILE_NAMES } from '../../../shared/domain/profile.ts';
import { NAME_DESCRIPTION, time } from '../../../shared/http/contract/words.ts';
import { activationView, kitView } from './kit-answer.ts';

/** The answer to `POST /v1/enroll`; the function renders it without a schema, to stay small. */
export const enrollAnswer = z
  .object({
    serialNumber: z.string().check(z.describe('36 lower-case hex digits.')),
    serialNumberDecimal: z.string().check(z.describe('The same in decimal, as Fleet Server logs it.')),
    profile: z.enum(PROFILE_NAMES),
    name: z.string().check(z.describe(NAME_DESCRIPTION)),
    dnsNames: z.array(z.string()),
    ipAddresses: z.array(z.string()),
    issuer: z.string().check(z.describe('Id of the issuer.')),
    notBefore: time,
    notAfter: time,
    certificate: z.string().check(z.describe('PEM of the certificate.')),
    chain: z.array(z.string()).check(z.describe('PEM of the issuers; append it to the certificate.')),
    caBundle: z.string().check(z.describe('PEM of all roots: what this host trusts.')),
    trustSha256: z.string().check(z.describe('Hex SHA-256 of caBundle.')),
    renewal: z
      .object({
        from: time,
        until: time,
        url: z
          .string()
          .check(
            z.describe('GET /v1/renewal/{serial}: whether an administrator has moved the window since.'),
          ),
      })
      .check(z.describe('When to renew.')),
    activation: activationView,
    kit: z.optional(kitView),
  })
  .check(z.meta({ id: 'Enrollment' }));
