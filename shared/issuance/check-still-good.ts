import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Instant, isOver } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';

/**
 * Refuses what was revoked; a reservation that an administrator revoked too, signed or not.
 *
 * @throws AppError `certificate_revoked`.
 */
export function checkNotRevoked({ state, serialNumber }: CertificateRecord): void {
  if (state === 'REVOKED' || state === 'VOID')
    throw new AppError(
      'certificate_revoked',
      `The certificate of this key was revoked (serial number ${serialNumber}). Make a new key, and enroll again with a new bootstrap token.`,
    );
}

/**
 * Refuses what has expired.
 *
 * @throws AppError `certificate_expired`.
 */
export function checkNotExpired({ validity, serialNumber }: CertificateRecord, now: Instant): void {
  if (isOver(validity.notAfter, now))
    throw new AppError(
      'certificate_expired',
      `The certificate of this key has expired (serial number ${serialNumber}). Make a new key, and enroll again with a new bootstrap token.`,
    );
}
