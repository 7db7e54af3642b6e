import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * An IP address in its canonical text form (RFC 5952 for IPv6): equal addresses are equal strings. IPv4-mapped IPv6
 * addresses, `::ffff:0:0/96` (RFC 4291 section 2.5.5.2), are none: verifiers in Go (`net.IP.Equal`) take one for the IPv4
 * address in it, so a certificate would be good for a host that no network of its token or issuer holds.
 */
export type IpAddress = string & { readonly __brand: 'IpAddress' };

/** A network in CIDR form, canonical, host bits zero: `203.0.113.0/24`. */
export type Cidr = string & { readonly __brand: 'Cidr' };

/** Undefined where `text` is not an IPv4 or IPv6 address; zones, IPv4 in octal or hex and IPv4-mapped IPv6 are refused. */
export function parseIpAddress(text: string): IpAddress | undefined {
  return isIP(text) !== 0 && !text.includes('%') ? canonical(ipaddr.parse(text)) : undefined;
}

/** 4 or 16 octets in network order, as an iPAddress of a subject alternative name (RFC 5280 section 4.2.1.6). */
export function ipAddressOctets(address: IpAddress): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

/** The address of 4 or 16 octets; undefined for any other length and for IPv4-mapped IPv6. */
export function ipAddressFromOctets(octets: Uint8Array): IpAddress | undefined {
  if (octets.length !== 4 && octets.length !== 16) return undefined;
  return canonical(ipaddr.fromByteArray([...octets]));
}

/**
 * Reads `address/prefix`, or a single address as a network of one. Undefined where host bits are set, and for networks of
 * IPv4-mapped addresses, which would hold nothing.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const parsed = parseIpAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const bits = ipaddr.parse(parsed).kind() === 'ipv4' ? 32 : 128;
  if (prefix === undefined) return `${parsed}/${bits}` as Cidr;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits) return undefined;
  const cidr = `${parsed}/${prefix}`;
  const family = bits === 32 ? ipaddr.IPv4 : ipaddr.IPv6;
  return canonical(family.networkAddressFromCIDR(cidr)) === parsed ? (cidr as Cidr) : undefined;
}

/** Whether `address` lies in `network`. Addresses of one family never lie in networks of the other. */
export function isInNetwork(address: IpAddress, network: Cidr): boolean {
  const parsed = ipaddr.parse(address);
  const [base, bits] = ipaddr.parseCIDR(network);
  return parsed.kind() === base.kind() && parsed.match([base, bits]);
}

function canonical(address: ipaddr.IPv4 | ipaddr.IPv6): IpAddress | undefined {
  if (address instanceof ipaddr.IPv4) return address.toString() as IpAddress;
  return address.isIPv4MappedAddress() ? undefined : (address.toRFC5952String() as IpAddress);
}
