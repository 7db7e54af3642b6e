import { isIP } from 'node:net';

/**
 * An IP address in its canonical text form (RFC 5952 for IPv6): equal addresses are equal strings. IPv4-mapped IPv6
 * addresses, `::ffff:0:0/96` (RFC 4291 section 2.5.5.2), are none: verifiers in Go (`net.IP.Equal`) take one for the IPv4
 * address in it, so a certificate would be good for a host that no network of its token or issuer holds.
 */
export type IpAddress = string & { readonly __brand: 'IpAddress' };

/** As {@link URL} writes `::ffff:0:0/96`. */
const MAPPED = /^::ffff:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/;

/** Undefined where `text` is not an IPv4 or IPv6 address; zones, IPv4 in octal or hex and IPv4-mapped IPv6 are refused. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version !== 6) return version === 4 ? (text as IpAddress) : undefined;
  // The URL Standard serializes an IPv6 address as RFC 5952 asks, but for the IPv4 part of mapped ones.
  const address = new URL(`https://[${text}]`).hostname.slice(1, -1);
  return MAPPED.test(address) ? undefined : (address as IpAddress);
}
