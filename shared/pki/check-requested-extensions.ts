import type { Profile } from '../domain/profile.ts';
import { csrRefused } from './csr/errors.ts';
import type { CertificationRequest } from './csr.ts';
import { keyIdentifier } from './key-identifier.ts';
import { leafKeyUsage } from './leaf-key-usage.ts';
import { describeAnyOid } from './oid-names.ts';
import { OID } from './oids.ts';

/**
 * Checks that whatever a request asks for besides names is what its profile gives: usages that are part of the
 * profile's, no CA, and the subject key identifier that the certificate will have (RFC 5280 section 4.2.1.2 method 1;
 * keytool always asks for it). Whether an extension is critical is up to the profile.
 * @throws AppError `csr_refused` naming everything that the profile does not give.
 */
export function checkRequestedExtensions(csr: CertificationRequest, profile: Profile): void {
  const { keyUsage = [], extendedKeyUsage = [], basicConstraints, subjectKeyIdentifier } = csr.extensions;
  const usages = leafKeyUsage(profile, csr.keyKind);
  const purposes: readonly string[] = profile.extendedKeyUsage.map((purpose) => OID[purpose]);
  const problems = [
    ...keyUsage.filter((usage) => !usages.includes(usage)).map((usage) => `keyUsage ${usage}`),
    ...extendedKeyUsage
      .filter((oid) => !purposes.includes(oid))
      .map((oid) => `extendedKeyUsage ${describeAnyOid(oid)}`),
  ].map(
    (what) =>
      `The CSR asks for ${what}, which the profile ${profile.name} does not allow. Leave it out: the profile decides.`,
  );
  if (basicConstraints?.ca || basicConstraints?.pathLength !== undefined) {
    problems.push(
      'The CSR asks for a CA certificate (basicConstraints); only CA:FALSE is issued here. Leave it out.',
    );
  }
  if (subjectKeyIdentifier && Buffer.compare(subjectKeyIdentifier, keyIdentifier(csr.publicKey)) !== 0) {
    problems.push(
      'The CSR asks for a subjectKeyIdentifier other than the SHA-1 of its key bits. Leave it out.',
    );
  }
  const [first, ...more] = problems;
  if (first !== undefined) throw csrRefused(first, ...more);
}
