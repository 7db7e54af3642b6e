import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An IP address in its canonical text form (RFC 5952 for IPv6): equal addresses are equal strings. */
export type IpAddress = string & { readonly __brand: 'IpAddress' };

/** A network in CIDR form, canonical, host bits zero: `203.0.113.0/24`. */
export type Cidr = string & { readonly __brand: 'Cidr' };

/** Undefined where `text` is no IPv4 or IPv6 address; zones and IPv4 in octal or hex are refused. */
export function parseIpAddress(text: string): IpAddress | undefined {
  return isIP(text) !== 0 && !text.includes('%') ? (canonical(ipaddr.parse(text)) as IpAddress) : undefined;
}

/** 4 or 16 octets in network order, as an iPAddress of a subject alternative name (RFC 5280 section 4.2.1.6). */
export function ipAddressOctets(address: IpAddress): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

/** The address of 4 or 16 octets; undefined for any other length. */
export function ipAddressFromOctets(octets: Uint8Array): IpAddress | undefined {
  if (octets.length !== 4 && octets.length !== 16) return undefined;
  return canonical(ipaddr.fromByteArray([...octets])) as IpAddress;
}

/** Reads `address/prefix`, or a single address as a network of one. Undefined where host bits are set. */
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

function canonical(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return address.kind() === 'ipv4' ? address.toString() : (address as ipaddr.IPv6).toRFC5952String();
}
