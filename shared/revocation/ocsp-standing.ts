import { type CrossCertificate, endOf, type Issuer } from '../domain/authority.ts';
import type { Instant } from '../domain/instant.ts';
import type { OcspStatus } from '../domain/ocsp.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import type { OcspAuthority } from './ocsp-authority.ts';
import type { OcspView } from './ports.ts';

/** What may be said of a certificate, and until when. */
export interface Standing {
  readonly status: OcspStatus;
  /** Of the certificate: nothing is said of it from then on. */
  readonly notAfter: Instant;
}

/** Why nothing is said of a certificate; for the log. */
export type Silence = 'not recorded' | 'of another issuer' | 'not issued yet' | 'expired';

/** What is recorded of a certificate: an issuer's, a root's cross-certificate, or a leaf's. */
export function standingOf(
  certificate: { readonly serialNumber: SerialNumber; readonly caId: string },
  { record }: Pick<OcspView, 'record'>,
  { roots, issuers }: OcspAuthority,
  now: Instant,
): Standing | Silence {
  const crossed = roots.flatMap(({ cross = [] }) => cross);
  const issuer = [...issuers, ...crossed].find(
    ({ serialNumber }) => serialNumber === certificate.serialNumber,
  );
  const found = issuer ? { issuerId: issuer.rootId, notAfter: endOf(issuer) } : record;
  if (found === undefined) return 'not recorded';
  if (found.issuerId !== certificate.caId) return 'of another issuer';
  if (found.notAfter <= now) return 'expired';
  const status = issuer ? issuerStatus(issuer) : record && recordStatus(record);
  return status === undefined ? 'not issued yet' : { status, notAfter: found.notAfter };
}

/** A cross-certificate is not revoked: its root is replaced. */
function issuerStatus(ca: Issuer | CrossCertificate): OcspStatus | undefined {
  const { certificate } = ca;
  const revocation = 'revocation' in ca ? ca.revocation : undefined;
  if (revocation !== undefined) return { state: 'revoked', ...revocation };
  return certificate && { state: 'good' };
}

/**
 * What was given up before it was finished counts as revoked. What is only promised has no status: it may never exist.
 *
 * @throws AppError `internal` where a record is revoked without a time: rather nothing than a wrong status.
 */
function recordStatus({ state, revocation }: NonNullable<OcspView['record']>): OcspStatus | undefined {
  if (revocation !== undefined) return { state: 'revoked', ...revocation };
  if (state === 'REVOKED' || state === 'VOID')
    throw new AppError('internal', 'a record is revoked, but holds no time of it');
  return state === 'ISSUED' ? { state: 'good' } : undefined;
}
