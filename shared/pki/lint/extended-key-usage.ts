import { fromBER, ObjectIdentifier } from 'asn1js';
import { PROFILES } from '../../domain/profile.ts';
import { childrenOf } from '../der/children.ts';
import { extensionOf, type Rule } from './rule.ts';

const PURPOSES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

export const extendedKeyUsage: Rule = {
  name: 'extended_key_usage',
  citation:
    'RFC 5280 section 4.2.1.12: what the profile says, no anyExtendedKeyUsage; none in CA certificates',
  check: (tbs, { contents }) => {
    const extension = extensionOf(tbs, '2.5.29.37');
    const expected = contents
      ? PROFILES[contents.profile].extendedKeyUsage.map((name) => PURPOSES[name])
      : [];
    const found = extension
      ? childrenOf(fromBER(extension.value).result).map((item) =>
          item instanceof ObjectIdentifier ? item.getValue() : '?',
        )
      : [];
    if (extension && found.length === 0) return 'it is empty';
    return found.join() === expected.join() ? undefined : `[${found}] is not [${expected}]`;
  },
};
