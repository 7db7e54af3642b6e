import { type BaseBlock, fromBER, Primitive } from 'asn1js';
import { parseDnsName } from '../domain/dns-name.ts';
import { type IpAddress, parseIpAddress } from '../domain/ip-address.ts';
import { type Cidr, isInNetwork, parseCidr } from '../domain/ip-network.ts';
import { ipAddressFromOctets } from '../domain/ip-octets.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import { childrenOf } from './der/children.ts';
import { nameConstraints as encode, excludesAddresses } from './extensions.ts';

/**
 * Reads the value of a nameConstraints extension (RFC 5280 section 4.2.1.10): only what {@link encode} writes.
 * @throws TypeError for anything else that it may say (other excluded subtrees, other kinds of name, minimum and
 * maximum): nothing may be signed under a limit that this service does not keep to.
 */
export function readNameConstraints(value: Uint8Array): NameConstraints {
  const [permitted] = childrenOf(fromBER(value).result);
  if (!isContext(permitted, 0)) throw new TypeError('no permitted subtrees');
  const names = childrenOf(permitted).map(readSubtree);
  const constraints = {
    permittedDns: names.flatMap((name) => name.dns ?? []),
    permittedIp: names.flatMap((name) => name.ip ?? []),
  };
  if (Buffer.compare(encode(constraints), value) !== 0)
    throw new TypeError('constraints in another form than ours');
  return constraints;
}

function readSubtree(subtree: BaseBlock): { readonly dns?: string; readonly ip?: Cidr } {
  const [base, ...limits] = childrenOf(subtree);
  if (!(base instanceof Primitive) || limits.length > 0) throw new TypeError('not a plain subtree');
  const octets = new Uint8Array(base.valueBlock.valueHexView);
  const dns = isContext(base, 2) ? parseDnsName(Buffer.from(octets).toString('latin1')) : undefined;
  const ip = isContext(base, 7) ? readNetwork(octets) : undefined;
  if (dns !== undefined) return { dns };
  if (ip !== undefined) return { ip };
  throw new TypeError('a subtree that is neither a DNS name nor a network');
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
 * Whether an IP address lies in a permitted network; any does where neither networks nor DNS names are permitted by name.
 * Both families are one kind of name: permitted IPv4 networks permit no IPv6 address.
 */
export function permitsIpAddress(constraints: NameConstraints, address: IpAddress): boolean {
  const { permittedIp } = constraints;
  if (permittedIp.length === 0) return !excludesAddresses(constraints);
  return permittedIp.some((network) => isInNetwork(address, network));
}

/** A common name, and which kinds of name its certificate holds besides. */
export interface CommonNameInUse {
  readonly commonName: string;
  readonly hasDnsName: boolean;
  readonly hasIpAddress: boolean;
}

/**
 * Whether a common name does as a DNS name. RFC 5280 knows no such check, but where a certificate holds no DNS name, Java
 * (17: `NameConstraintsExtension.verify`) takes any common name for one, and OpenSSL one of two or more labels (`cn2dnsid`
 * in crypto/x509/v3_ncons.c): both refuse it outside of what is permitted.
 */
export function permitsAsDnsName(constraints: NameConstraints, name: CommonNameInUse): boolean {
  return name.hasDnsName || permitsDnsName(constraints, name.commonName);
}

/** Numbers that Java reads as an IPv4 address: `203.0.113` is 203.0.0.113. */
const READ_AS_IPV4 = /^\d+(?:\.\d+){1,3}$/;

/** Whether a common name does as an IP address: Java takes it for one where a certificate holds no IP address. */
export function permitsAsIpAddress(constraints: NameConstraints, name: CommonNameInUse): boolean {
  if (name.hasIpAddress || !READ_AS_IPV4.test(name.commonName)) return true;
  const address = parseIpAddress(name.commonName);
  const isLimited = constraints.permittedDns.length + constraints.permittedIp.length > 0;
  return address === undefined ? !isLimited : permitsIpAddress(constraints, address);
}
