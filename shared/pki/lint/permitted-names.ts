import { type BaseBlock, fromBER, Primitive } from 'asn1js';
import { ipAddressFromOctets } from '../../domain/ip-octets.ts';
import type { NameConstraints } from '../../domain/name-constraints.ts';
import { childrenOf } from '../der/children.ts';
import {
  permitsAsDnsName,
  permitsAsIpAddress,
  permitsDnsName,
  permitsIpAddress,
} from '../name-constraints.ts';
import { extensionOf, type Rule } from './rule.ts';

/** Tag numbers of GeneralName. */
const DNS = 2;
const IP = 7;

/** The name where it lies outside. URIs are never limited: our issuers' constraints know two kinds of name. */
function outside(item: BaseBlock, constraints: NameConstraints): string | undefined {
  if (!(item instanceof Primitive)) return 'a name that is not primitive';
  const octets = new Uint8Array(item.valueBlock.valueHexView);
  if (item.idBlock.tagNumber === DNS) {
    const name = Buffer.from(octets).toString('latin1');
    return permitsDnsName(constraints, name) ? undefined : `DNS:${name}`;
  }
  if (item.idBlock.tagNumber !== IP) return undefined;
  const address = ipAddressFromOctets(octets);
  return address && permitsIpAddress(constraints, address) ? undefined : `IP:${address}`;
}

export const permittedNames: Rule = {
  name: 'permitted_names',
  citation:
    "RFC 5280 section 4.2.1.10: every name within the issuer's permitted subtrees, none excluded; the CN too where OpenSSL or Java take it for a name",
  check: (tbs, { issuer: { nameConstraints }, commonName }) => {
    if (nameConstraints === undefined) return undefined;
    const extension = extensionOf(tbs, '2.5.29.17');
    const names = extension ? childrenOf(fromBER(extension.value).result) : [];
    const wrong = names.flatMap((item) => outside(item, nameConstraints) ?? []);
    const holds = (kind: number) => names.some((item) => item.idBlock.tagNumber === kind);
    const name = { commonName, hasDnsName: holds(DNS), hasIpAddress: holds(IP) };
    if (!permitsAsDnsName(nameConstraints, name) || !permitsAsIpAddress(nameConstraints, name))
      wrong.push(`CN=${commonName}`);
    return wrong.length > 0 ? `${wrong.join(', ')}: outside the issuer's name constraints` : undefined;
  },
};
