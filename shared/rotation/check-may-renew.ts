import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Instant, isOver, plus, toRfc3339 } from '../domain/instant.ts';
import type { NameRecord } from '../domain/name-record.ts';
import { AppError } from '../errors/app-error.ts';

/** What is read, consistently and with the record, before a renewal is decided. */
export interface Standing {
  readonly name: Pick<NameRecord, 'blocked'>;
  /** Whether the key of the certificate is blocked, as `POST /v1/blocks/keys` does without revoking anything. */
  readonly keyBlocked: boolean;
}

/**
 * Whether the holder of a certificate may renew it, at this moment: the first step of a renewal after its proof of
 * possession, so that a revocation takes effect on the next one. What is wrong with the new key is for `checkCsr`.
 *
 * @param record authenticated: its own key made the proof, and the presented certificate equals the recorded one.
 * @param graceSeconds how long after its expiry a certificate may still be renewed; 0 or more.
 * @throws AppError `certificate_revoked`, also for one that was given up before it was signed; `key_refused` where its key
 *   is blocked; `name_blocked`; `certificate_expired` beyond the grace.
 * @example checkMayRenew(record, { name, keyBlocked }, clock(), 3 * DAY)
 */
export function checkMayRenew(
  record: Pick<CertificateRecord, 'serialNumber' | 'state' | 'profile' | 'name' | 'validity'>,
  { name, keyBlocked }: Standing,
  now: Instant,
  graceSeconds: number,
): void {
  const about = `serial number ${record.serialNumber}`;
  checkNotRevoked(record);
  if (keyBlocked) throw compromisedKey(record);
  if (name.blocked.includes(record.profile))
    throw refused(
      'name_blocked',
      `The name "${record.name}" is blocked for profile "${record.profile}". Ask an administrator to unblock it.`,
    );
  const end = plus(record.validity.notAfter, graceSeconds);
  if (isOver(end, now))
    throw refused(
      'certificate_expired',
      `This certificate could be renewed until ${toRfc3339(end)} (${about}). ${ENROLL_AGAIN}`,
    );
}

/** @throws AppError `certificate_revoked`, also for a certificate that was given up before it was signed. */
export function checkNotRevoked({
  serialNumber,
  state,
}: Pick<CertificateRecord, 'serialNumber' | 'state'>): void {
  if (state !== 'ISSUED')
    throw refused(
      'certificate_revoked',
      `This certificate was revoked (serial number ${serialNumber}). ${ENROLL_AGAIN}`,
    );
}

/** The key of the certificate itself is blocked. */
export function compromisedKey({ serialNumber }: Pick<CertificateRecord, 'serialNumber'>): AppError {
  return refused(
    'key_refused',
    `The key of this certificate was reported as compromised (serial number ${serialNumber}). ${ENROLL_AGAIN}`,
  );
}

const ENROLL_AGAIN = 'Make a new key, and enroll again with a new bootstrap token.';

function refused(
  code: 'certificate_revoked' | 'key_refused' | 'name_blocked' | 'certificate_expired',
  words: string,
): AppError {
  return new AppError(code, words);
}
