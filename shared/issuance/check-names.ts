import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import { COMMON_NAME_RULE, type CommonName, parseCommonName } from '../domain/common-name.ts';
import { DNS_NAME_RULE, type DnsName, dnsNameProblem, parseDnsName } from '../domain/dns-name.ts';
import { type Identity, spiffeId } from '../domain/identity.ts';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { isInNetwork } from '../domain/ip-network.ts';
import { matchesPattern } from '../domain/name-pattern.ts';
import { PROFILES } from '../domain/profile.ts';
import { type FieldError, fieldErrors } from '../errors/app-error.ts';
import { excerpt } from '../errors/excerpt.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import { MAX_NAMES, outsideProfile } from './profile-names.ts';

/** The names that a certificate is asked for, as often and in the order that they are. */
export interface RequestedNames {
  readonly name: CommonName;
  readonly dnsNames: readonly DnsName[];
  readonly ipAddresses: readonly IpAddress[];
}

/**
 * Reads the names of a request's body.
 *
 * @throws AppError `malformed_request` naming every invalid name.
 */
export function readNames(body: {
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}): RequestedNames {
  const errors: FieldError[] = [];
  const wrong = (pointer: string, detail: string) => void errors.push({ pointer, detail });
  const name = parseCommonName(body.name);
  if (name === undefined) wrong('#/name', `A name is ${COMMON_NAME_RULE}.`);
  if (body.dnsNames.length + body.ipAddresses.length > MAX_NAMES)
    wrong('#/dnsNames', `A certificate may have at most ${MAX_NAMES} DNS names and IP addresses.`);
  const dnsNames = body.dnsNames.flatMap((text, i) => {
    const dnsName = parseDnsName(text);
    if (dnsName === undefined)
      wrong(`#/dnsNames/${i}`, `A DNS name is ${DNS_NAME_RULE}; this one ${dnsNameProblem(text)}.`);
    return dnsName ?? [];
  });
  const ipAddresses = body.ipAddresses.flatMap((text, i) => {
    const address = parseIpAddress(text);
    if (address === undefined)
      wrong(
        `#/ipAddresses/${i}`,
        'An IP address is IPv4 or IPv6 in standard notation, with no zone, and not IPv4-mapped.',
      );
    return address ?? [];
  });
  if (errors.length > 0 || name === undefined) throw fieldErrors('malformed_request', errors);
  return { name, dnsNames, ipAddresses };
}

/**
 * Checks that the token and its profile allow every name.
 *
 * @throws AppError `name_outside_profile` where no token of the profile could allow a name, else `name_not_allowed`,
 * naming each name that is not allowed.
 */
export function checkAllowed(token: BootstrapToken, names: RequestedNames): void {
  const byProfile = outsideProfile(token.profile, names);
  const refused = new Set(byProfile.map(({ pointer }) => pointer));
  const byToken = outsideToken(token, names).filter(({ pointer }) => !refused.has(pointer));
  if (byProfile.length > 0) throw fieldErrors('name_outside_profile', [...byToken, ...byProfile]);
  if (byToken.length > 0) throw fieldErrors('name_not_allowed', byToken);
}

function outsideToken({ names: allowed }: BootstrapToken, names: RequestedNames): readonly FieldError[] {
  const wayOut = 'Request a name that it allows, or use another token.';
  const refusal = (pointer: string, detail: string) => ({
    pointer,
    detail: `This bootstrap token allows ${detail}. ${wayOut}`,
  });
  return [
    ...(matchesPattern(allowed.commonName, names.name)
      ? []
      : [refusal('#/name', `names of the form "${allowed.commonName}"`)]),
    ...names.dnsNames.flatMap((name, i) =>
      allowed.dns.some((pattern) => matchesPattern(pattern, name))
        ? []
        : [refusal(`#/dnsNames/${i}`, `${listed('DNS names', allowed.dns)}, not "${name}"`)],
    ),
    ...names.ipAddresses.flatMap((address, i) =>
      allowed.ip.some((network) => isInNetwork(address, network))
        ? []
        : [refusal(`#/ipAddresses/${i}`, `${listed('IP addresses', allowed.ip)}, not ${address}`)],
    ),
  ];
}

/** What the names of a CSR are compared with, in the words of a message. */
export const NAMES_OF_REQUEST = {
  says: 'the request says',
  doesNot: 'the request does not',
  add: (field: string) => `Add it to ${field}, or leave it out of the CSR.`,
};

/**
 * Checks that the CSR asks for nothing that the request does not: it contributes its key, and names in it must agree.
 *
 * @param words - where the names are not those of the request. @default NAMES_OF_REQUEST
 * @throws AppError `csr_refused` naming each name that does not.
 */
export function checkCsrNames(
  csr: CertificationRequest,
  names: RequestedNames,
  holder: Omit<Identity, 'name'>,
  words = NAMES_OF_REQUEST,
): void {
  const errors: FieldError[] = [];
  const refuse = (detail: string) => void errors.push({ pointer: '#/csr', detail });
  if (csr.commonName !== undefined && csr.commonName !== names.name)
    refuse(
      `The CSR's subject says CN=${csr.commonName}, but ${words.says} "${names.name}". Make them equal, or leave the subject empty.`,
    );
  for (const text of csr.dnsNames) {
    const name = parseDnsName(text);
    if (name === undefined || !names.dnsNames.includes(name))
      refuse(`The CSR asks for the DNS name "${text}", which ${words.doesNot}. ${words.add('dnsNames')}`);
  }
  for (const text of csr.ipAddresses) {
    const address = parseIpAddress(text);
    if (address === undefined || !names.ipAddresses.includes(address))
      refuse(`The CSR asks for the IP address ${text}, which ${words.doesNot}. ${words.add('ipAddresses')}`);
  }
  const id = spiffeId({ ...holder, name: names.name });
  for (const uri of csr.uris) {
    if (uri !== id || !PROFILES[holder.profile].uri)
      refuse(
        `The CSR asks for the URI "${excerpt(uri)}"; the service sets URIs by itself. Leave it out of the CSR.`,
      );
  }
  if (errors.length > 0) throw fieldErrors('csr_refused', errors);
}

/** Patterns that a message lists; the rest is counted. */
const MAX_LISTED = 5;

function listed(what: string, items: readonly string[]): string {
  if (items.length === 0) return `no ${what}`;
  const rest = items.length > MAX_LISTED ? ` and ${items.length - MAX_LISTED} more` : '';
  return `the ${what} ${items.slice(0, MAX_LISTED).join(', ')}${rest}`;
}
