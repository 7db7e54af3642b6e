import { fromBER } from 'asn1js';
import { PROFILES } from '../../domain/profile.ts';
import { childrenOf } from '../der/children.ts';
import { extensionOf, type Rule } from './rule.ts';

/** Tag numbers of GeneralName. */
const DNS = 2;
const IP = 7;

export const profileNames: Rule = {
  name: 'profile_names',
  citation: "the profile's kinds of name: DNS required or never, IP never",
  check: (tbs, { contents }) => {
    if (contents === undefined) return 'there is no profile';
    const extension = extensionOf(tbs, '2.5.29.17');
    const kinds = extension
      ? childrenOf(fromBER(extension.value).result).map((item) => item.idBlock.tagNumber)
      : [];
    const { dns, ip } = PROFILES[contents.profile];
    if (dns === 'required' && !kinds.includes(DNS)) return 'a DNS name is required';
    if (dns === 'never' && kinds.includes(DNS)) return 'it must not hold a DNS name';
    return ip === 'never' && kinds.includes(IP) ? 'it must not hold an IP address' : undefined;
  },
};
