import ipaddr from 'ipaddr.js';
import { type IpAddress, parseIpAddress } from './ip-address.ts';

/** 4 or 16 octets in network order, as an iPAddress of a subject alternative name (RFC 5280 section 4.2.1.6). */
export function ipAddressOctets(address: IpAddress): Uint8Array {
  return Uint8Array.from(ipaddr.parse(address).toByteArray());
}

/** The address of 4 or 16 octets; undefined for any other length and for IPv4-mapped IPv6. */
export function ipAddressFromOctets(octets: Uint8Array): IpAddress | undefined {
  if (octets.length !== 4 && octets.length !== 16) return undefined;
  return parseIpAddress(ipaddr.fromByteArray([...octets]).toString());
}
