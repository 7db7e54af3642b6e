import { type BaseBlock, fromBER, Primitive } from 'asn1js';
import type { CertificateContents } from '../../domain/certificate-record.ts';
import { ipAddressFromOctets } from '../../domain/ip-octets.ts';
import { PROFILES } from '../../domain/profile.ts';
import { childrenOf } from '../der/children.ts';
import { extensionOf, type Rule } from './rule.ts';

function describe(item: BaseBlock): string {
  if (!(item instanceof Primitive) || item.idBlock.tagClass !== 3)
    return 'a name that is not a DNS name, URI or IP address';
  const octets = new Uint8Array(item.valueBlock.valueHexView);
  const text = Buffer.from(octets).toString('latin1');
  switch (item.idBlock.tagNumber) {
    case 2:
      return `DNS:${text}`;
    case 6:
      return `URI:${text}`;
    case 7:
      return `IP:${ipAddressFromOctets(octets)}`;
    default:
      return `a name of kind ${item.idBlock.tagNumber}`;
  }
}

function expectedNames({ trustDomain, profile, name, dnsNames, ipAddresses }: CertificateContents): string[] {
  return [
    ...(PROFILES[profile].uri ? [`URI:spiffe://${trustDomain}/${profile}/${name}`] : []),
    ...dnsNames.map((dnsName) => `DNS:${dnsName}`),
    ...ipAddresses.map((address) => `IP:${address}`),
  ];
}

export const subjectAlternativeName: Rule = {
  name: 'subject_alternative_name',
  citation: 'RFC 5280 section 4.2.1.6: at least one name where it is there; ours exactly those recorded',
  check: (tbs, { contents }) => {
    const extension = extensionOf(tbs, '2.5.29.17');
    const found = extension ? childrenOf(fromBER(extension.value).result).map(describe) : [];
    if (extension && found.length === 0) return 'it is empty';
    const expected = contents ? expectedNames(contents) : [];
    return found.join() === expected.join() ? undefined : `[${found}] is not [${expected}]`;
  },
};
