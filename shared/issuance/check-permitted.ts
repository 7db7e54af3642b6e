import type { NameConstraints } from '../domain/name-constraints.ts';
import { PROFILES, type ProfileName } from '../domain/profile.ts';
import { type FieldError, fieldErrors } from '../errors/app-error.ts';
import { nameConstraintsOf } from '../pki/certificate.ts';
import {
  permitsAsDnsName,
  permitsAsIpAddress,
  permitsDnsName,
  permitsIpAddress,
} from '../pki/name-constraints.ts';
import type { RequestedNames } from './check-names.ts';
import type { CertifiedIssuer } from './issuers.ts';

/**
 * Checks that the issuer may certify every name: verifiers refuse a certificate with a name outside of its issuer's name
 * constraints (RFC 5280 section 4.2.1.10), and some of them take the common name for a DNS name or an IP address.
 *
 * @throws AppError `name_outside_constraints` naming each name that lies outside.
 */
export function checkPermitted(issuer: CertifiedIssuer, names: RequestedNames, profile: ProfileName): void {
  const constraints = nameConstraintsOf(issuer.certificate);
  if (constraints === undefined) return;
  const errors = [
    ...alternativeNameErrors(constraints, `The name constraints of the issuing CA ${issuer.id}`, names),
    ...commonNameErrors(constraints, `the name constraints of the issuing CA ${issuer.id}`, names, profile),
  ];
  if (errors.length > 0) throw fieldErrors('name_outside_constraints', errors);
}

function alternativeNameErrors(
  constraints: NameConstraints,
  subject: string,
  { dnsNames, ipAddresses }: RequestedNames,
): readonly FieldError[] {
  const { permittedDns, permittedIp } = constraints;
  const wayOut = 'Request one that they permit; any other needs an issuer with different name constraints.';
  const noAddress = `${subject} permit no IP addresses. Leave it out, or use a DNS name; an address needs an issuer whose name constraints permit its network.`;
  return [
    ...dnsNames.flatMap((name, i) => {
      const detail = `${subject} permit only the DNS names ${permittedDns.join(', ')} and those below them, not "${name}". ${wayOut}`;
      return permitsDnsName(constraints, name) ? [] : { pointer: `#/dnsNames/${i}`, detail };
    }),
    ...ipAddresses.flatMap((address, i) => {
      const some = `${subject} permit only the IP addresses ${permittedIp.join(', ')}, not ${address}. ${wayOut}`;
      const detail = permittedIp.length === 0 ? noAddress : some;
      return permitsIpAddress(constraints, address) ? [] : { pointer: `#/ipAddresses/${i}`, detail };
    }),
  ];
}

function commonNameErrors(
  constraints: NameConstraints,
  subject: string,
  { name, dnsNames, ipAddresses }: RequestedNames,
  profile: ProfileName,
): readonly FieldError[] {
  const inUse = { commonName: name, hasDnsName: dnsNames.length > 0, hasIpAddress: ipAddresses.length > 0 };
  if (!permitsAsDnsName(constraints, inUse)) {
    const { permittedDns } = constraints;
    const other = PROFILES[profile].dns === 'never' ? '' : ', or add such a name to dnsNames';
    const detail = `Java treats the name of a certificate without DNS names as a DNS name, and ${subject} permit only ${permittedDns.join(', ')} and names below them, not "${name}". Use a name such as "${exampleBelow(name, permittedDns)}"${other}.`;
    return [{ pointer: '#/name', detail }];
  }
  if (permitsAsIpAddress(constraints, inUse)) return [];
  const detail = `Java treats the name "${name}" as an IP address, which ${subject} do not permit. Use a name that does not consist of numbers.`;
  return [{ pointer: '#/name', detail }];
}

/** The name's first label below the first permitted name. */
function exampleBelow(name: string, [permitted = '']: readonly string[]): string {
  return `${name.split('.', 1)[0] || 'web-01'}.${permitted}`;
}
