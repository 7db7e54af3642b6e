import { createHash } from 'node:crypto';
import type { ProfileName } from '../domain/profile.ts';
import { PROFILES } from '../domain/profile.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import { type AppError, fieldError } from '../errors/app-error.ts';
import { publicKeyOf } from '../pki/certificate.ts';
import { checkRequestedExtensions } from '../pki/check-requested-extensions.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import { verifyCsr } from '../pki/verify-csr.ts';
import { checkCsrNames, type NAMES_OF_REQUEST, type RequestedNames } from './check-names.ts';
import type { EnrollmentView } from './ports.ts';

/**
 * Checks a CSR against what is asked for: it proves possession of its key, the key is fit and known as good, and it asks
 * for nothing that the request and the profile do not.
 *
 * @throws AppError `csr_refused`, `key_refused`.
 */
export function checkCsr(
  csr: CertificationRequest,
  asked: { readonly names: RequestedNames; readonly profile: ProfileName; readonly trustDomain: TrustDomain },
  view: Pick<EnrollmentView, 'roots' | 'issuers' | 'keyBlocked'>,
  words?: typeof NAMES_OF_REQUEST,
): void {
  verifyCsr(csr, { caKeySha256: caKeyHashes(view) });
  if (view.keyBlocked) throw blockedKey();
  checkRequestedExtensions(csr, PROFILES[asked.profile]);
  checkCsrNames(csr, asked.names, asked, words);
}

export function blockedKey(): AppError {
  return fieldError(
    'key_refused',
    '#/csr',
    'This key was reported as compromised. Make a new key on the host and send a CSR for it.',
  );
}

/** Hex SHA-256 of the public keys of every CA of the authority: keys that no leaf may have. */
function caKeyHashes({ roots, issuers }: Pick<EnrollmentView, 'roots' | 'issuers'>): readonly string[] {
  return [...roots, ...issuers].flatMap(({ certificate }) =>
    certificate ? [createHash('sha256').update(publicKeyOf(certificate)).digest('hex')] : [],
  );
}
