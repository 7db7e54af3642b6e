import type { IpAddress } from '../../domain/ip-address.ts';
import type { Cidr } from '../../domain/ip-network.ts';
import { isInNetwork } from '../../domain/ip-network.ts';
import type { NameConstraints } from '../../domain/name-constraints.ts';
import { excludesAddresses } from '../extensions.ts';
import { permitsDnsName } from '../name-constraints.ts';
import type { ExternalCa } from './ca-certificate.ts';
import { constraintsOf } from './extensions.ts';

/**
 * An issuer's own name constraints are what this service keeps to. So those of the CAs above must permit whatever its own
 * permit; without any of its own, that is every name.
 */
export function checkConstraints({
  certificate,
  chain,
  root,
}: {
  readonly certificate: ExternalCa;
  readonly chain: readonly ExternalCa[];
  readonly root: ExternalCa;
}): string | undefined {
  const own = constraintsOf(certificate);
  if (own === 'unknown') return undefined;
  const narrower = [...chain, root].find((ca) => {
    const above = constraintsOf(ca);
    return above !== undefined && above !== 'unknown' && !permits(above, own ?? ANY);
  });
  return narrower === undefined
    ? undefined
    : `must have name constraints of its own that permit no more than those of ${narrower.name} above it: have it issued with these, or use a CA without`;
}

/**
 * What the setting does not permit, the issuer must not be able to certify, even with its key in other hands.
 *
 * @param limits - the setting `nameConstraints`. @default - any name
 */
export function checkLimits(certificate: ExternalCa, limits: NameConstraints = ANY): string | undefined {
  const own = constraintsOf(certificate);
  return own === 'unknown' || permits(limits, own ?? ANY)
    ? undefined
    : `must have name constraints that permit no more than the setting nameConstraints (${namesOf(limits)}), but permits more (${namesOf(own)}): have it issued with those of the CSR`;
}

/** For readers: `"203.0.113.0/24, example.com"`. */
export function namesOf(limits: NameConstraints | undefined): string {
  const names = [...(limits?.permittedDns ?? []), ...(limits?.permittedIp ?? [])];
  return names.length === 0 ? 'any name' : names.toSorted().join(', ');
}

const ANY: NameConstraints = { permittedDns: [], permittedIp: [] };

/** Whether everything that `below` permits is permitted. */
function permits(above: NameConstraints, below: NameConstraints): boolean {
  const { permittedDns, permittedIp } = below;
  const dns =
    above.permittedDns.length === 0 ||
    (permittedDns.length > 0 && permittedDns.every((name) => permitsDnsName(above, name)));
  const limitsIp = above.permittedIp.length > 0 || excludesAddresses(above);
  const ip =
    !limitsIp ||
    excludesAddresses(below) ||
    (permittedIp.length > 0 &&
      permittedIp.every((network) => above.permittedIp.some((wide) => isWithin(network, wide))));
  return dns && ip;
}

function isWithin(network: Cidr, wide: Cidr): boolean {
  const [address = '', bits] = network.split('/');
  return Number(bits) >= Number(wide.split('/')[1]) && isInNetwork(address as IpAddress, wide);
}
