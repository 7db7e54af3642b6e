import { type BaseBlock, fromBER, ObjectIdentifier } from 'asn1js';
import { childrenOf } from '../der/children.ts';
import { uriOf } from './general-uri.ts';
import { extensionOf, type Rule } from './rule.ts';

/** Access methods of RFC 5280 section 4.2.2.1. */
const OCSP = '1.3.6.1.5.5.7.48.1';
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

interface AccessDescription {
  readonly method: string;
  readonly url: string;
}

/** @throws TypeError for descriptions of another form. */
export function accessDescriptions(value: Uint8Array): readonly AccessDescription[] {
  return childrenOf(fromBER(value).result).map(readDescription);
}

function readDescription(item: BaseBlock): AccessDescription {
  const [method, location, ...rest] = childrenOf(item);
  if (!(method instanceof ObjectIdentifier) || rest.length > 0)
    throw new TypeError('not a method and a location');
  return { method: method.getValue(), url: uriOf(location) };
}

export const authorityInformationAccess: Rule = {
  name: 'authority_information_access',
  citation:
    'RFC 5280 section 4.2.2.1: OCSP and the certificate of the issuer; ours exactly these two, as recorded, and none in a root',
  check: (tbs, { revocationPoints }) => {
    const extension = extensionOf(tbs, '1.3.6.1.5.5.7.1.1');
    const found = (extension ? accessDescriptions(extension.value) : []).map(
      ({ method, url }) => `${method} ${url}`,
    );
    const expected = revocationPoints
      ? [`${OCSP} ${revocationPoints.ocsp}`, `${CA_ISSUERS} ${revocationPoints.caIssuers}`]
      : [];
    if (extension && found.length === 0) return 'it is empty';
    return found.join() === expected.join() ? undefined : `[${found}] is not [${expected}]`;
  },
};
