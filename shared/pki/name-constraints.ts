import { type BaseBlock, fromBER, Primitive } from 'asn1js';
import { parseDnsName } from '../domain/dns-name.ts';
import {
  type Cidr,
  type IpAddress,
  ipAddressFromOctets,
  isInNetwork,
  parseCidr,
} from '../domain/ip-address.ts';
import { childrenOf } from './der/children.ts';
import type { NameConstraints } from './extensions.ts';

/**
 * Reads the value of a nameConstraints extension (RFC 5280 section 4.2.1.10): what `nameConstraints` of `extensions.ts`
 * writes, in the order of the encoding.
 * @throws TypeError for whatever else it may say (excluded subtrees, other kinds of name, minimum and maximum): nothing
 * may be signed under a limit that nobody here keeps to.
 */
export function readNameConstraints(value: Uint8Array): NameConstraints {
  const [permitted, ...more] = childrenOf(fromBER(value).result);
  if (!isContext(permitted, 0) || more.length > 0) throw new TypeError('not permitted subtrees alone');
  const names = childrenOf(permitted).map(readSubtree);
  return {
    permittedDns: names.flatMap((name) => name.dns ?? []),
    permittedIp: names.flatMap((name) => name.ip ?? []),
  };
}

function readSubtree(subtree: BaseBlock): { readonly dns?: string; readonly ip?: Cidr } {
  const [base, ...limits] = childrenOf(subtree);
  if (!(base instanceof Primitive) || limits.length > 0) throw new TypeError('not a plain subtree');
  const octets = new Uint8Array(base.valueBlock.valueHexView);
  const dns = isContext(base, 2) ? parseDnsName(Buffer.from(octets).toString('latin1')) : undefined;
  const ip = isContext(base, 7) ? readNetwork(octets) : undefined;
  if (dns !== undefined) return { dns };
  if (ip !== undefined) return { ip };
  throw new TypeError('a subtree that is no DNS name and no network');
}

function isContext(item: BaseBlock | undefined, number: number): boolean {
  return item?.idBlock.tagClass === 3 && item.idBlock.tagNumber === number;
}

/** Address and mask: 8 or 32 octets. Undefined where the mask has gaps or the address bits outside of it. */
function readNetwork(octets: Uint8Array): Cidr | undefined {
  const middle = octets.length / 2;
  const address = Number.isInteger(middle) ? ipAddressFromOctets(octets.subarray(0, middle)) : undefined;
  const mask = [...octets.subarray(middle)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const prefix = /^(1*)0*$/.exec(mask)?.[1]?.length;
  return address === undefined || prefix === undefined ? undefined : parseCidr(`${address}/${prefix}`);
}

/** Whether a DNS name is a permitted one, or one below; any is where no DNS name is permitted by name. */
export function permitsDnsName({ permittedDns }: NameConstraints, name: string): boolean {
  const lower = name.toLowerCase();
  const isWithin = (base: string) => lower === base || lower.endsWith(`.${base}`);
  return permittedDns.length === 0 || permittedDns.some(isWithin);
}

/**
 * Whether an IP address lies in a permitted network; any does where no network is permitted by name. Both families are
 * one kind of name: permitted IPv4 networks alone permit no IPv6 address.
 */
export function permitsIpAddress({ permittedIp }: NameConstraints, address: IpAddress): boolean {
  return permittedIp.length === 0 || permittedIp.some((network) => isInNetwork(address, network));
}

/**
 * Whether OpenSSL holds a common name against the permitted DNS names, as it does where a certificate holds no DNS name
 * in its subjectAltName (`cn2dnsid` in crypto/x509/v3_ncons.c): two or more labels of letters, digits, `_` and inner
 * hyphens. RFC 5280 knows no such check, but a proxy that is built on OpenSSL refuses what fails it.
 */
export function looksLikeDnsName(commonName: string): boolean {
  const labels = commonName.split('.');
  return labels.length > 1 && labels.every((label) => /^\w([\w-]*\w)?$/.test(label));
}
