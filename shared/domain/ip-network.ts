import ipaddr from 'ipaddr.js';
import { type IpAddress, parseIpAddress } from './ip-address.ts';

/** A network in CIDR form, canonical, host bits zero: `203.0.113.0/24`. */
export type Cidr = string & { readonly __brand: 'Cidr' };

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
  const network = family.networkAddressFromCIDR(cidr).toString();
  return parseIpAddress(network) === parsed ? (cidr as Cidr) : undefined;
}

/** Whether `address` lies in `network`. Addresses of one family never lie in networks of the other. */
export function isInNetwork(address: IpAddress, network: Cidr): boolean {
  const parsed = ipaddr.parse(address);
  const [base, bits] = ipaddr.parseCIDR(network);
  return parsed.kind() === base.kind() && parsed.match([base, bits]);
}
