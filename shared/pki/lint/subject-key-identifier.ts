import { createHash } from 'node:crypto';
import { BitString, fromBER, OctetString } from 'asn1js';
import { childrenOf } from '../der/children.ts';
import { extensionOf, type Rule, sameBytes } from './rule.ts';

export const subjectKeyIdentifier: Rule = {
  name: 'subject_key_identifier',
  citation: 'RFC 5280 section 4.2.1.2: SHA-1 of the key bits (method 1)',
  check: (tbs) => {
    const extension = extensionOf(tbs, '2.5.29.14');
    if (extension === undefined) return 'it is missing';
    const { result } = fromBER(extension.value);
    const bits = childrenOf(fromBER(tbs.publicKey).result)[1];
    if (!(result instanceof OctetString) || !(bits instanceof BitString)) return 'it is not an OCTET STRING';
    const expected = createHash('sha1').update(bits.valueBlock.valueHexView).digest();
    return sameBytes(result.valueBlock.valueHexView, expected) ? undefined : 'it is not the SHA-1 of the key';
  },
};
