import type { NameConstraints } from '../../domain/name-constraints.ts';
import { OID } from '../oids.ts';
import type { ExternalCa } from './ca-certificate.ts';
import { namesOf } from './constraints.ts';
import { constraintsOf, extensionValue } from './extensions.ts';

/**
 * What an administrator should know of the certificate of an issuer that may be installed.
 *
 * @param limits - the setting `nameConstraints`. @default - none
 */
export function installedIssuerWarnings(
  certificate: ExternalCa,
  limits: NameConstraints | undefined,
): readonly string[] {
  const constraints = constraintsOf(certificate);
  const own = constraints === 'unknown' ? undefined : constraints;
  const differ =
    namesOf(own) !== namesOf(limits) &&
    `Its name constraints (${namesOf(own)}) are not those of the setting nameConstraints (${namesOf(limits)}). Certificates for names that it does not permit are refused, whatever their tokens allow.`;
  const silent =
    !extensionValue(certificate, OID.cRLDistributionPoints) &&
    !extensionValue(certificate, OID.authorityInfoAccess) &&
    'It has no address of revocation data (CRL distribution point, OCSP), so verifiers cannot learn from it that your CA revoked it.';
  return [differ, silent].filter((warning) => warning !== false);
}
