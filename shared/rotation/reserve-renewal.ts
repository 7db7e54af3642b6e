import type { CertificateRecord, RenewalBurst } from '../domain/certificate-record.ts';
import { claimExclusively, releaseExclusively } from '../domain/exclusive-name.ts';
import type { Instant } from '../domain/instant.ts';
import { claimName, releaseName } from '../domain/name-record.ts';
import { PROFILES } from '../domain/profile.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { fieldError } from '../errors/app-error.ts';
import { blockedKey } from '../issuance/check-csr.ts';
import { checkPermitted } from '../issuance/check-permitted.ts';
import type { Reserved } from '../issuance/complete-reservation.ts';
import { type CertificateDraft, draftCertificate } from '../issuance/draft-certificate.ts';
import { activeIssuer } from '../issuance/issuers.ts';
import { CONFLICT, done, type Outcome } from '../issuance/outcome.ts';
import { newLease } from '../issuance/signing-lease.ts';
import { compromisedKey } from './check-may-renew.ts';
import { checkNamesHeld } from './check-names-held.ts';
import { checkReplaceable } from './check-replaceable.ts';
import type { RenewalView, SuccessorReservation } from './ports.ts';
import { countRenewal } from './renewal-burst.ts';
import type { Renewing } from './renewing.ts';

/**
 * Decides on a new successor and reserves it, with the names and the lifetime of the certificate that it renews.
 *
 * @throws AppError `already_renewed`, `certificate_revoked`, `renewed_too_often`, `name_in_use`, `key_refused`,
 * `name_outside_constraints`, `lifetime_beyond_issuer`; `authority_not_ready` where no issuer can.
 */
export async function reserveRenewal(renewing: Renewing, view: RenewalView): Promise<Outcome<Reserved>> {
  const { store, csr, clock } = renewing;
  const { record, issuers } = view;
  const now = clock();
  checkNewKey(csr.publicKeySha256, record);
  checkReplaceable(view, now);
  checkNamesHeld(view, now);
  const renewalBurst = countRenewal((view.successor ?? record).renewalBurst, now);
  const issuer = activeIssuer(issuers, csr.keyKind);
  checkPermitted(issuer, record, record.profile);
  const { profile } = record;
  const lifetimeSeconds = lifetimeOf(record);
  const draft = draftCertificate(renewing, { profile, names: record, lifetimeSeconds, key: csr, issuer });
  const reservation = reservationOf(renewing, view, draft, renewalBurst);
  const outcome = await store.reserveSuccessor(reservation);
  if (outcome === 'key_blocked') throw compromisedKey(record);
  if (outcome === 'new_key_blocked') throw blockedKey();
  if (outcome === 'changed') return CONFLICT;
  return done({ record: reservation.record, issuer, prepared: draft.prepared });
}

/** A confirmation tells the two keys apart, so they must differ (`pki/proof/confirmation-proof.ts`). */
function checkNewKey(publicKeySha256: string, record: CertificateRecord): void {
  if (publicKeySha256 === record.publicKeySha256)
    throw fieldError(
      'key_refused',
      '#/csr',
      'The CSR has the key of the certificate that it renews. Make a new key on the host and send a CSR for it.',
    );
}

/** As long as the certificate was issued for, without its backdating; within what its profile allows today. */
function lifetimeOf({ validity, reservedAt, profile }: CertificateRecord): number {
  const { min, max } = PROFILES[profile].lifetimeSeconds;
  return Math.min(max, Math.max(min, validity.notAfter - reservedAt));
}

function reservationOf(
  { request, csr, owner }: Renewing,
  { record: predecessor, successor, name, exclusive }: RenewalView,
  { contents, prepared, draftedAt }: CertificateDraft,
  renewalBurst: RenewalBurst,
): SuccessorReservation {
  const { serialNumber, profile, validity } = contents;
  const { publicKeySha256 } = csr;
  const { tokenId, useSlot, exclusiveDns } = predecessor;
  const { sourceIp, requestId, trustSha256 } = request;
  const record: CertificateRecord = withoutUndefined({
    ...contents,
    state: 'RESERVED' as const,
    ...{ publicKeySha256, tbsSha256: prepared.tbsSha256 },
    ...{ tokenId, useSlot, exclusiveDns, sourceIp, requestId, trustSha256 },
    fleetAgentId: request.fleetAgentId ?? predecessor.fleetAgentId,
    reservedAt: draftedAt,
    lease: newLease(owner, draftedAt),
    attempts: [],
    predecessor: predecessor.serialNumber,
    renewalBurst,
  });
  const holder = { profile, serialNumber, publicKeySha256, notAfter: validity.notAfter };
  return {
    ...{ record, predecessor, replaced: successor },
    name: { ...claimName(without(name, successor), holder, draftedAt), version: name.version + 1 },
    exclusive: exclusiveDns ? claims(exclusive, record, successor, draftedAt) : [],
  };
}

function without(name: RenewalView['name'], replaced: CertificateRecord | undefined): RenewalView['name'] {
  return replaced === undefined ? name : releaseName(name, replaced.serialNumber);
}

function claims(
  exclusive: RenewalView['exclusive'],
  { name, serialNumber, validity: { notAfter } }: CertificateRecord,
  replaced: CertificateRecord | undefined,
  now: Instant,
): SuccessorReservation['exclusive'] {
  return exclusive.map((one) => {
    const free = (replaced && releaseExclusively(one, replaced.serialNumber)) ?? one;
    return { ...claimExclusively(free, { name, serialNumber, notAfter }, now), version: one.version + 1 };
  });
}
