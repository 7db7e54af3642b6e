import { fromBER } from 'asn1js';
import { childrenOf } from '../der/children.ts';
import { only, uriOf } from './general-uri.ts';
import { extensionOf, type Rule } from './rule.ts';

/** The URL of one point with one full name, and nothing else. @throws TypeError for anything else. */
export function distributionPointUrl(value: Uint8Array): string {
  const point = only(childrenOf(fromBER(value).result));
  const distributionPoint = only(childrenOf(point), 0);
  const fullName = only(childrenOf(distributionPoint), 0);
  return uriOf(only(childrenOf(fullName)));
}

export const crlDistributionPoints: Rule = {
  name: 'crl_distribution_points',
  citation:
    'RFC 5280 section 4.2.1.13: the list that covers the certificate; ours one URL, as recorded, for all reasons, and none in a root',
  check: (tbs, { revocationPoints }) => {
    const extension = extensionOf(tbs, '2.5.29.31');
    const found = extension ? distributionPointUrl(extension.value) : 'nothing';
    const expected = revocationPoints?.crl ?? 'nothing';
    return found === expected ? undefined : `${found} is not ${expected}`;
  },
};
