import { hostProblem } from './host.ts';
import type { Violation } from './rule.ts';
import type { DeploymentSubject } from './subject.ts';

/** The addresses at which clients reach a server, which they compare with its certificate. */
export interface Reached {
  /** Addresses, or `host:port`: the certificate must contain the host of one of them. */
  readonly at: readonly string[];
  /** The start of the sentence, up to the name: `agents reach this Fleet Server as`. */
  readonly who: string;
  /** The fields that may be wrong instead: ends the sentence "or correct ...". */
  readonly fields: string;
}

/**
 * Whether the certificate of a server contains the host at which it is reached. DNS names and IP addresses count, the
 * common name does not (Go, x509.Certificate.VerifyHostname; RFC 9525 section 6.3), and no certificate of fleetseal has
 * wildcards. The rule is kept if the names are not known, or no host fits a certificate, which another rule reports.
 */
export function serverNameRule(subject: DeploymentSubject, { at, who, fields }: Reached): Violation | false {
  const { dnsNames, ipAddresses = [], request } = subject;
  const hosts = at.map(hostOf).filter((host) => host !== undefined);
  const [host] = hosts;
  if (dnsNames === undefined || host === undefined) return false;
  const names = [...dnsNames, ...ipAddresses];
  if (names.map(hostOf).some((name) => name !== undefined && hosts.includes(name))) return false;
  const { field, allowed } = placeOf(host);
  const held = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const missing = `${who} ${hosts.map(bare).join(' or ')}, which is not among the certificate's DNS names and IP addresses (${held})`;
  return request === 'kit'
    ? [
        '#/serialNumber',
        `${missing}: enroll again with it in ${field} (and in ${allowed} of the token), or correct ${fields}`,
      ]
    : [`#/${field}`, `${missing}: add it to ${field} (and to ${allowed} of the token), or correct ${fields}`];
}

/** What an enrollment must request so that clients accept the server at these addresses: ends a sentence. */
export function namesToAsk(addresses: readonly string[]): string {
  const hosts = [...new Set(addresses.map(hostOf).filter((host) => host !== undefined))];
  return hosts
    .map((host) => `${bare(host)} in ${placeOf(host).field} (and in ${placeOf(host).allowed} of the token)`)
    .join(', ');
}

/** The fields of the enrollment and of its token that a host belongs to. */
function placeOf(host: string) {
  return isAddress(host)
    ? ({ field: 'ipAddresses', allowed: 'names.ip' } as const)
    : ({ field: 'dnsNames', allowed: 'names.dns' } as const);
}

/** The host of an address, a name or an IP address, in one form; undefined if no certificate can contain it. */
function hostOf(text: string): string | undefined {
  const host = /^[0-9a-f:]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? `[${text}]` : text;
  const url = text.includes('://') ? text : `https://${host}`;
  const read = URL.canParse(url) ? new URL(url).hostname : '';
  return hostProblem(read) === undefined ? read : undefined;
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[\d.]+$/.test(host);
}

/** Without the brackets of an address. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
