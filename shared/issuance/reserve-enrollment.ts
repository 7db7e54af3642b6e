import { sameNames, wasGivenUp } from '../domain/certificate-record.ts';
import { fieldError } from '../errors/app-error.ts';
import { checkAlternativeNamesFree, checkNameFree } from './check-name-free.ts';
import { checkAllowed } from './check-names.ts';
import { checkPermitted } from './check-permitted.ts';
import { checkNotRevoked } from './check-still-good.ts';
import type { Reserved } from './complete-reservation.ts';
import { draftCertificate } from './draft-certificate.ts';
import type { AuthorizedView, Enrolling } from './enrollment.ts';
import { activeIssuer, certifiedIssuer } from './issuers.ts';
import { CONFLICT, done, type Outcome } from './outcome.ts';
import { reserveOnToken } from './reserve-on-token.ts';

/**
 * Decides on a new certificate and reserves it.
 *
 * @throws AppError `name_not_allowed`, `name_outside_profile`, `name_outside_constraints`, `lifetime_beyond_issuer`,
 * `name_blocked`, `name_in_use`, `token_rejected`; `authority_not_ready` where no issuer can.
 */
export async function reserveEnrollment(
  enrolling: Enrolling,
  { token, name, exclusive, issuers }: AuthorizedView,
): Promise<Outcome<Reserved>> {
  const { request, csr, names, owner, clock } = enrolling;
  const { profile, certificateLifetimeSeconds: lifetimeSeconds } = token;
  const { publicKeySha256 } = csr;
  checkAllowed(token, names);
  checkNameFree(name, token, publicKeySha256, clock());
  checkAlternativeNamesFree(exclusive, names, token, clock());
  const issuer = activeIssuer(issuers, csr.keyKind);
  checkPermitted(issuer, names, profile);
  const draft = draftCertificate(enrolling, { profile, names, lifetimeSeconds, key: csr, issuer });
  const { sourceIp, requestId } = request;
  const claim = { token, name, exclusive, publicKeySha256, sourceIp, requestId, owner };
  const reserved = await reserveOnToken(enrolling, draft, claim);
  if (reserved.kind === 'conflict') return reserved;
  return done({ record: reserved.result, issuer, prepared: draft.prepared });
}

/**
 * Finds the certificate that this token and key have already; it may be unfinished.
 *
 * @throws AppError `request_differs` where it has other names; `certificate_revoked`.
 */
export async function findReserved(
  { store, names }: Enrolling,
  { reservation, issuers }: AuthorizedView,
): Promise<Outcome<Reserved>> {
  const record = reservation && (await store.certificate(reservation.serialNumber));
  // A reservation vanishes with its record's VOID; reading them apart, one may see the first without the second.
  if (!record || wasGivenUp(record)) return CONFLICT;
  checkNotRevoked(record);
  if (!sameNames(record, names)) {
    const detail = `This token and key already have a certificate for "${record.name}" with other names (serial number ${record.serialNumber}). Send the names of the first request, or make a new key for other names.`;
    throw fieldError('request_differs', '#/name', detail);
  }
  return done({ record, issuer: certifiedIssuer(issuers, record.issuerId) });
}
