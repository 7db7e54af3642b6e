import * as z from 'zod/mini';
import { CERTIFICATE_STATES, type CertificateSummary } from '../../domain/certificate-record.ts';
import { type Instant, isOver, toRfc3339 } from '../../domain/instant.ts';
import { PROFILE_NAMES } from '../../domain/profile.ts';
import { toDecimal } from '../../domain/serial-number.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { NAME_DESCRIPTION, optionalTime, time } from './words.ts';

/** The part of a certificate's record that every response has. */
export const certificateView = z
  .object({
    serialNumber: z.string().check(z.describe('36 lower-case hex digits.')),
    serialNumberDecimal: z.string().check(z.describe('The same in decimal, as Fleet Server logs it.')),
    issuer: z.string().check(z.describe('Id of the issuer.')),
    profile: z.enum(PROFILE_NAMES),
    name: z.string().check(z.describe(NAME_DESCRIPTION)),
    dnsNames: z.array(z.string()),
    ipAddresses: z.array(z.string()),
    notBefore: time,
    notAfter: time,
    state: z
      .enum(CERTIFICATE_STATES)
      .check(
        z.describe(
          'RESERVED until it is signed; VOID if it was abandoned before that, which counts as revoked everywhere.',
        ),
      ),
    expired: z.boolean(),
    publicKeySha256: z.string().check(z.describe('Hex SHA-256 of the SubjectPublicKeyInfo.')),
    tokenId: z.string().check(z.describe('The bootstrap token that allowed it.')),
    reservedAt: time,
    issuedAt: z.optional(time),
    revokedAt: z.optional(time),
  })
  .check(z.meta({ id: 'Certificate' }));

export type CertificateView = z.infer<typeof certificateView>;

/** The certificate as it is at `now`. */
export function renderCertificate(record: CertificateSummary, now: Instant): CertificateView {
  return withoutUndefined({
    serialNumber: record.serialNumber,
    serialNumberDecimal: toDecimal(record.serialNumber),
    issuer: record.issuerId,
    profile: record.profile,
    name: record.name,
    dnsNames: [...record.dnsNames],
    ipAddresses: [...record.ipAddresses],
    notBefore: toRfc3339(record.validity.notBefore),
    notAfter: toRfc3339(record.validity.notAfter),
    state: record.state,
    expired: isOver(record.validity.notAfter, now),
    publicKeySha256: record.publicKeySha256,
    tokenId: record.tokenId,
    reservedAt: toRfc3339(record.reservedAt),
    issuedAt: optionalTime(record.issuedAt),
    revokedAt: optionalTime(record.revokedAt),
  });
}
