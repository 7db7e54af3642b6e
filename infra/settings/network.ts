import ipaddr from 'ipaddr.js';
import * as z from 'zod/mini';
import { parseCidr } from '../../shared/domain/ip-network.ts';

/** A network in CIDR form, with no host bits set and not of IPv4-mapped addresses. */
export const NETWORK = z.string().check((payload) => {
  const isNetwork = payload.value.includes('/') && parseCidr(payload.value) !== undefined;
  if (!isNetwork)
    payload.issues.push({ code: 'custom', message: networkRule(payload.value), input: payload.value });
});

/** The rule that the text breaks. */
function networkRule(text: string): string {
  const form = 'must be a network in CIDR form, as in "203.0.113.0/24"';
  if (!z.union([z.cidrv4(), z.cidrv6()]).safeParse(text).success) return form;
  const [address, prefix] = ipaddr.parseCIDR(text);
  const family = address instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return `must not be a network of IPv4-mapped addresses, since certificates contain no such addresses: write the IPv4 network, as in "${address.toIPv4Address()}/${Math.max(0, prefix - 96)}"`;
  const network = family.networkAddressFromCIDR(text);
  return `must have no bits set after the first ${prefix}: use the network that contains it, "${network}/${prefix}"`;
}
