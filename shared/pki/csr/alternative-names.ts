import { type BaseBlock, fromBER, Primitive } from 'asn1js';
import { DNS_NAME_RULE, type DnsName, dnsNameProblem, parseDnsName } from '../../domain/dns-name.ts';
import type { IpAddress } from '../../domain/ip-address.ts';
import { ipAddressFromOctets } from '../../domain/ip-octets.ts';
import { excerpt } from '../../errors/excerpt.ts';
import { childrenOf } from '../der/children.ts';
import { type Der, sequence } from '../der/write.ts';
import { generalName } from '../extensions.ts';
import { csrRefused, malformedCsr } from './errors.ts';

/** Names that a request asks for, in its order. */
export interface RequestedNames {
  /** In lower case. */
  readonly dnsNames: readonly DnsName[];
  readonly ipAddresses: readonly IpAddress[];
  readonly uris: readonly string[];
}

/** By tag number (RFC 5280 section 4.2.1.6). */
const KINDS = [
  'otherName',
  'email',
  'dNSName',
  'x400Address',
  'directoryName',
  'ediPartyName',
  'URI',
  'iPAddress',
  'registeredID',
];

type Name =
  | { readonly kind: 'dns'; readonly name: DnsName; readonly der: Der }
  | { readonly kind: 'ip'; readonly name: IpAddress; readonly der: Der }
  | { readonly kind: 'uri'; readonly name: string; readonly der: Der };

/**
 * The names of a requested subject alternative name, and its value as we would write it.
 * @throws AppError `csr_refused` for other kinds of name and for names that no certificate of ours can have,
 * `malformed_csr` for an address of another length.
 */
export function readAlternativeNames(value: Uint8Array): {
  readonly names: RequestedNames;
  readonly der: Der;
} {
  // Only asn1js: pkijs matches each name against the schemas of all kinds, which takes ten times as long.
  const all = childrenOf(fromBER(value).result).map(readName);
  if (all.length === 0) throw malformedCsr('The CSR asks for an empty subjectAltName. Leave it out instead.');
  const seen = new Set<string>();
  for (const { name } of all) {
    if (seen.has(name)) throw csrRefused(`The CSR's subjectAltName holds ${excerpt(name)} twice.`);
    seen.add(name);
  }
  return {
    names: {
      dnsNames: all.flatMap((entry) => (entry.kind === 'dns' ? [entry.name] : [])),
      ipAddresses: all.flatMap((entry) => (entry.kind === 'ip' ? [entry.name] : [])),
      uris: all.flatMap((entry) => (entry.kind === 'uri' ? [entry.name] : [])),
    },
    der: sequence(...all.map(({ der }) => der)),
  };
}

function readName(item: BaseBlock): Name {
  const { tagNumber } = item.idBlock;
  if (item.idBlock.tagClass !== 3)
    throw malformedCsr("The CSR's subjectAltName contains something that is not a name.");
  const octets = item instanceof Primitive ? new Uint8Array(item.valueBlock.valueHexView) : undefined;
  if (octets && tagNumber === 2) return readDnsName(Buffer.from(octets).toString('latin1'));
  if (octets && tagNumber === 6) return readUri(Buffer.from(octets).toString('latin1'));
  if (octets && tagNumber === 7) return readIpAddress(octets);
  throw csrRefused(
    `The CSR's subjectAltName contains a name of kind ${KINDS[tagNumber] ?? tagNumber}; only DNS names, IP addresses and URIs are allowed. Leave it out.`,
  );
}

function readDnsName(text: string): Name {
  const name = parseDnsName(text);
  if (name === undefined) {
    const shown = JSON.stringify(excerpt(text));
    throw csrRefused(
      `The DNS name ${shown} in the CSR ${dnsNameProblem(text)}: it must be ${DNS_NAME_RULE}.`,
    );
  }
  return { kind: 'dns', name, der: generalName.dns(text) };
}

/** URIs are printable ASCII without blanks (RFC 3986 section 2). */
function readUri(text: string): Name {
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw csrRefused("A URI in the CSR's subjectAltName has characters other than printable ASCII.");
  }
  return { kind: 'uri', name: text, der: generalName.uri(text) };
}

function readIpAddress(octets: Uint8Array): Name {
  const name = ipAddressFromOctets(octets);
  if (name === undefined && octets.length === 16) {
    throw csrRefused("The CSR's subjectAltName holds an IPv4-mapped IPv6 address. Ask for the IPv4 address.");
  }
  if (name === undefined) {
    throw malformedCsr(`An IP address in the CSR's subjectAltName has ${octets.length} octets, not 4 or 16.`);
  }
  return { kind: 'ip', name, der: generalName.ip(name) };
}
