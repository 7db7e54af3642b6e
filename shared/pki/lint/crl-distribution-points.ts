import { readWhole } from '../der/read.ts';
import { onlyChild, uriOf } from './general-uri.ts';
import { extensionOf, type Rule } from './rule.ts';

const SEQUENCE = 0x30;
/** Of distributionPoint in a DistributionPoint, and of fullName in it. */
const CONTEXT_0 = 0xa0;

/** The URL of one point with one full name, and nothing else. @throws TypeError for anything else. */
export function distributionPointUrl(value: Uint8Array): string {
  const point = onlyChild(readWhole(value, SEQUENCE), SEQUENCE);
  const fullName = onlyChild(onlyChild(point, CONTEXT_0), CONTEXT_0);
  return uriOf(onlyChild(fullName));
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
