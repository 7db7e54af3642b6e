import * as z from 'zod/mini';
import { CERTIFICATE_STATES, type CertificateRecord } from '../../domain/certificate-record.ts';
import { type Instant, isOver, toRfc3339 } from '../../domain/instant.ts';
import { PROFILE_NAMES } from '../../domain/profile.ts';
import { toDecimal } from '../../domain/serial-number.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { NAME_DESCRIPTION, optionalTime, time } from './words.ts';

/** What every answer says of a certificate's record. */
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
          'RESERVED until it is signed; VOID where it was given up before, which counts as revoked everywhere.',
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

/** The part of a record that listings read. */
export type CertificateLine = Pick<
  CertificateRecord,
  | 'serialNumber'
  | 'issuerId'
  | 'profile'
  | 'name'
  | 'dnsNames'
  | 'ipAddresses'
  | 'validity'
  | 'state'
  | 'publicKeySha256'
  | 'tokenId'
  | 'reservedAt'
  | 'issuedAt'
  | 'revokedAt'
>;

/** The certificate as it is at `now`. */
export function renderCertificate(line: CertificateLine, now: Instant): CertificateView {
  return withoutUndefined({
    serialNumber: line.serialNumber,
    serialNumberDecimal: toDecimal(line.serialNumber),
    issuer: line.issuerId,
    profile: line.profile,
    name: line.name,
    dnsNames: [...line.dnsNames],
    ipAddresses: [...line.ipAddresses],
    notBefore: toRfc3339(line.validity.notBefore),
    notAfter: toRfc3339(line.validity.notAfter),
    state: line.state,
    expired: isOver(line.validity.notAfter, now),
    publicKeySha256: line.publicKeySha256,
    tokenId: line.tokenId,
    reservedAt: toRfc3339(line.reservedAt),
    issuedAt: optionalTime(line.issuedAt),
    revokedAt: optionalTime(line.revokedAt),
  });
}
