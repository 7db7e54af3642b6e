import { contentsOf, type DerElement, ofTag, readChildren, readWhole } from '../der/read.ts';
import { uriOf } from './general-uri.ts';
import { extensionOf, hex, type Rule } from './rule.ts';

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;

/** Access methods of RFC 5280 section 4.2.2.1, by the hex of their contents: 1.3.6.1.5.5.7.48.1 and .2. */
const METHODS: Readonly<Record<string, string>> = {
  '2b06010505073001': 'ocsp',
  '2b06010505073002': 'caIssuers',
};

interface AccessDescription {
  /** By name, or in hex. */
  readonly method: string;
  readonly url: string;
}

/** @throws TypeError for descriptions of another form. */
export function accessDescriptions(value: Uint8Array): readonly AccessDescription[] {
  return readChildren(readWhole(value, SEQUENCE)).map(readDescription);
}

function readDescription(element: DerElement): AccessDescription {
  const [method, location, ...rest] = readChildren(ofTag(element, SEQUENCE));
  if (rest.length > 0) throw new TypeError('more than a method and a location');
  const octets = hex(contentsOf(ofTag(method, OBJECT_IDENTIFIER)));
  return { method: METHODS[octets] ?? octets, url: uriOf(location) };
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
      ? [`ocsp ${revocationPoints.ocsp}`, `caIssuers ${revocationPoints.caIssuers}`]
      : [];
    if (extension && found.length === 0) return 'it is empty';
    return found.join() === expected.join() ? undefined : `[${found}] is not [${expected}]`;
  },
};
