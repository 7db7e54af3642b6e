import type { IpAddress } from '../domain/ip-address.ts';
import type { Cidr } from '../domain/ip-network.ts';
import { ipAddressOctets } from '../domain/ip-octets.ts';
import type { NameConstraints } from '../domain/name-constraints.ts';
import {
  contextConstructed,
  contextPrimitive,
  type Der,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  TRUE,
  unsignedInteger,
} from './der/write.ts';

/** An extension of a certificate: its value is the DER inside the OCTET STRING. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Der;
}

/** Bits of KeyUsage in their order (RFC 5280 section 4.2.1.3). */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

/** Names of a subject alternative name, in the order of their encoding. */
export interface AlternativeNames {
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly IpAddress[];
}

/** Both families; as excluded subtrees they leave no address, as in technically constrained CAs of the CA/Browser Forum. */
const EVERY_ADDRESS = ['0.0.0.0/0' as Cidr, '::/0' as Cidr];

/** Whether the constraints leave no IP address. */
export function excludesAddresses({ permittedDns, permittedIp }: NameConstraints): boolean {
  return permittedDns.length > 0 && permittedIp.length === 0;
}

export function encodeExtension({ oid, critical, value }: Extension): Der {
  const parts = [objectIdentifier(oid), ...(critical ? [TRUE] : []), octetString(value)];
  return sequence(...parts);
}

/** `cA` FALSE is a DEFAULT and not written; the empty SEQUENCE says it. */
export function basicConstraints(ca: boolean, pathLength?: number): Der {
  const limit = pathLength === undefined ? [] : [unsignedInteger(Uint8Array.of(pathLength))];
  return ca ? sequence(TRUE, ...limit) : sequence();
}

export function keyUsage(usages: readonly KeyUsage[]): Der {
  return namedBits(usages.map((usage) => KEY_USAGES.indexOf(usage)));
}

/** @param purposes dotted OIDs, in order. */
export function extendedKeyUsage(purposes: readonly string[]): Der {
  return sequence(...purposes.map(objectIdentifier));
}

export function subjectKeyIdentifier(identifier: Uint8Array): Der {
  return octetString(identifier);
}

/** keyIdentifier only: issuer and serial would tie the leaf to one certificate of its issuer, and hinder cross-signing. */
export function authorityKeyIdentifier(identifier: Uint8Array): Der {
  return sequence(contextPrimitive(0, identifier));
}

/** One GeneralName (RFC 5280 section 4.2.1.6). */
export const generalName = {
  dns: (name: string): Der => contextPrimitive(2, Buffer.from(name, 'latin1')),
  uri: (uri: string): Der => contextPrimitive(6, Buffer.from(uri, 'latin1')),
  ip: (address: IpAddress): Der => contextPrimitive(7, ipAddressOctets(address)),
};

export function subjectAltName(names: AlternativeNames): Der {
  return sequence(
    ...names.uris.map(generalName.uri),
    ...names.dnsNames.map(generalName.dns),
    ...names.ipAddresses.map(generalName.ip),
  );
}

/** Minimum and maximum are never written (RFC 5280 section 4.2.1.10). */
export function nameConstraints(constraints: NameConstraints): Der {
  const { permittedDns, permittedIp } = constraints;
  const permitted = [
    ...permittedDns.map((name) => sequence(generalName.dns(name))),
    ...permittedIp.map(networkSubtree),
  ];
  const excluded = excludesAddresses(constraints) ? EVERY_ADDRESS.map(networkSubtree) : [];
  return sequence(
    contextConstructed(0, ...permitted),
    ...(excluded.length > 0 ? [contextConstructed(1, ...excluded)] : []),
  );
}

function networkSubtree(network: Cidr): Der {
  return sequence(contextPrimitive(7, networkOctets(network)));
}

/** Address and mask: 8 or 32 octets. */
function networkOctets(network: Cidr): Uint8Array {
  const [address = '', prefix = ''] = network.split('/');
  const octets = ipAddressOctets(address as IpAddress);
  const mask = octets.map((_, i) => 0xff & (0xff00 >> Math.min(8, Math.max(0, Number(prefix) - 8 * i))));
  return Buffer.concat([octets, mask]);
}
