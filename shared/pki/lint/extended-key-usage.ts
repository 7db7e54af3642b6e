import { fromBER, ObjectIdentifier } from 'asn1js';
import { PROFILES } from '../../domain/profile.ts';
import { childrenOf } from '../der/children.ts';
import { extensionOf, type LintContext, type Rule } from './rule.ts';

const PURPOSES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

function purposes({ contents, kind }: LintContext): readonly string[] {
  if (kind === 'responder') return [OCSP_SIGNING];
  return contents ? PROFILES[contents.profile].extendedKeyUsage.map((name) => PURPOSES[name]) : [];
}

export const extendedKeyUsage: Rule = {
  name: 'extended_key_usage',
  citation:
    'RFC 5280 section 4.2.1.12: what the profile says, no anyExtendedKeyUsage; none in CA certificates; RFC 6960 section 4.2.2.2: OCSPSigning in those of responders, nothing else',
  check: (tbs, context) => {
    const extension = extensionOf(tbs, '2.5.29.37');
    const expected = purposes(context);
    const found = extension
      ? childrenOf(fromBER(extension.value).result).map((item) =>
          item instanceof ObjectIdentifier ? item.getValue() : '?',
        )
      : [];
    if (extension && found.length === 0) return 'it is empty';
    return found.join() === expected.join() ? undefined : `[${found}] is not [${expected}]`;
  },
};
