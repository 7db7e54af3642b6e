import { isIP, isIPv4 } from 'node:net';

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
  const family = isIP(text);
  if (family === 4) return text as IpAddress;
  if (family === 0 || text.includes('%')) return undefined;
  // URLs have IPv6 addresses as RFC 5952 writes them (WHATWG URL, "IPv6 serializer").
  const address = new URL(`http://[${text}]`).hostname.slice(1, -1) as IpAddress;
  return isMapped(ipAddressOctets(address)) ? undefined : address;
}

/** 4 or 16 octets in network order, as an iPAddress of a subject alternative name (RFC 5280 section 4.2.1.6). */
export function ipAddressOctets(address: IpAddress): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.').map(Number));
  const hex = (part = '') => part.replace(/[^:]+:?/g, (group) => group.replace(':', '').padStart(4, '0'));
  const [head, tail] = address.split('::').map(hex);
  const [before, after] = [head ?? '', tail ?? ''];
  return Uint8Array.from(Buffer.from(before + after.padStart(32 - before.length, '0'), 'hex'));
}

/** The address of 4 or 16 octets; undefined for any other length and for IPv4-mapped IPv6. */
export function ipAddressFromOctets(octets: Uint8Array): IpAddress | undefined {
  if (octets.length === 4) return octets.join('.') as IpAddress;
  if (octets.length !== 16) return undefined;
  return parseIpAddress(
    Buffer.from(octets)
      .toString('hex')
      .replace(/....(?=.)/g, '$&:'),
  );
}

/**
 * Reads `address/prefix`, or a single address as a network of one. Undefined where host bits are set, and for networks of
 * IPv4-mapped addresses, which would hold nothing.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const parsed = parseIpAddress(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const bits = ipAddressOctets(parsed).length * 8;
  if (prefix === undefined) return `${parsed}/${bits}` as Cidr;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits) return undefined;
  return /1/.test(bitsOf(parsed).slice(Number(prefix))) ? undefined : (`${parsed}/${prefix}` as Cidr);
}

/** Whether `address` lies in `network`. Addresses of one family never lie in networks of the other. */
export function isInNetwork(address: IpAddress, network: Cidr): boolean {
  const [base, prefix] = network.split('/') as [IpAddress, string];
  const [inside, own] = [bitsOf(address), bitsOf(base)];
  return inside.length === own.length && inside.startsWith(own.slice(0, Number(prefix)));
}

/** 32 or 128 of `0` and `1`. */
function bitsOf(address: IpAddress): string {
  return Array.from(ipAddressOctets(address), (octet) => octet.toString(2).padStart(8, '0')).join('');
}

/** 80 bits of zeros and 16 of ones come first. */
function isMapped(octets: Uint8Array): boolean {
  return Buffer.from(octets).toString('hex').startsWith('00000000000000000000ffff');
}
