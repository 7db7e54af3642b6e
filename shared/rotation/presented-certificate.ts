import type { CertificateRecord } from '../domain/certificate-record.ts';
import { AppError } from '../errors/app-error.ts';
import type { RenewalQuery } from './ports.ts';

/**
 * The certificate that a caller shows, and how it is known to hold its key: each way in makes one of these. A proof of
 * possession is one way (`present-proof.ts`); a connection with mutual TLS is another.
 */
export interface PresentedCertificate {
  /** What its record is found by; undefined where this service cannot have issued it. */
  readonly reference: RenewalQuery['reference'] | undefined;
  /**
   * Makes sure that the caller holds the key of this record, whose certificate is the presented one.
   *
   * @throws AppError `proof_rejected`, or what else the way in asks for.
   */
  authenticate(record: CertificateRecord): Promise<void>;
}

/**
 * The same words whether there is no such record or the key is another one, so that serial numbers cannot be tried.
 *
 * @param why - for the log
 */
export function proofRejected(
  why: 'unknown' | 'not_its_key',
  certificate: { readonly serialNumber?: string; readonly thumbprint?: string },
): AppError {
  return new AppError(
    'proof_rejected',
    'The proof was not made with the key of a certificate of this service that it names. Sign with the key of the current certificate, and name that certificate; a JWS without "serialNumber" finds it a moment after it was issued.',
    { internal: { why, ...certificate } },
  );
}
