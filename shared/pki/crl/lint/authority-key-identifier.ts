import { hex } from '../../lint/rule.ts';
import { extensionOf, type ListRule } from './rule.ts';

export const authorityKeyIdentifier: ListRule = {
  name: 'authority_key_identifier',
  citation:
    "RFC 5280 section 5.2.1: MUST be there, with the keyIdentifier; ours is the CA's and nothing else",
  check: (list, { ca }) => {
    const extension = extensionOf(list, 'authorityKeyIdentifier');
    if (extension === undefined) return 'it is missing';
    // SEQUENCE { [0] IMPLICIT OCTET STRING } of 20 octets.
    const expected = `30168014${hex(ca.keyIdentifier)}`;
    return hex(extension.value) === expected ? undefined : `${hex(extension.value)} is not ${expected}`;
  },
};
