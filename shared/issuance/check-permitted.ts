import { type FieldError, fieldErrors } from '../errors/app-error.ts';
import { nameConstraintsOf } from '../pki/certificate.ts';
import { looksLikeDnsName, permitsDnsName, permitsIpAddress } from '../pki/name-constraints.ts';
import type { RequestedNames } from './check-names.ts';
import type { CertifiedIssuer } from './issuers.ts';

/**
 * Checks that the issuer may certify every name: verifiers refuse a certificate with a name outside of its issuer's name
 * constraints (RFC 5280 section 4.2.1.10). Permitted DNS names limit DNS names only, permitted networks IP addresses
 * only. A name with dots counts as a DNS name where there is no other, since OpenSSL takes it for one.
 *
 * @throws AppError `name_not_allowed` naming each name that lies outside.
 */
export function checkPermitted(issuer: CertifiedIssuer, names: RequestedNames): void {
  const constraints = nameConstraintsOf(issuer.certificate);
  if (constraints === undefined) return;
  const errors: FieldError[] = [];
  const dns = `The name constraints of the issuing CA ${issuer.id} permit only the DNS names ${constraints.permittedDns.join(', ')} and those below them`;
  const ip = `The name constraints of the issuing CA ${issuer.id} permit only the IP addresses ${constraints.permittedIp.join(', ')}`;
  const wayOut = 'Ask for one that they permit; another takes an issuer with other name constraints.';
  names.dnsNames.forEach((name, i) => {
    if (!permitsDnsName(constraints, name))
      errors.push({ pointer: `#/dnsNames/${i}`, detail: `${dns}, not "${name}". ${wayOut}` });
  });
  names.ipAddresses.forEach((address, i) => {
    if (!permitsIpAddress(constraints, address))
      errors.push({ pointer: `#/ipAddresses/${i}`, detail: `${ip}, not ${address}. ${wayOut}` });
  });
  if (names.dnsNames.length === 0 && looksLikeDnsName(names.name) && !permitsDnsName(constraints, names.name))
    errors.push({
      pointer: '#/name',
      detail: `${dns}, and verifiers read a name with dots as a DNS name where a certificate holds no other: "${names.name}" is none of them. Use a name without dots, or one that they permit.`,
    });
  if (errors.length > 0) throw fieldErrors('name_not_allowed', errors);
}
