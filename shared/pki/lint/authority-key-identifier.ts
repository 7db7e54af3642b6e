import { extensionOf, hex, type Rule } from './rule.ts';

export const authorityKeyIdentifier: Rule = {
  name: 'authority_key_identifier',
  citation:
    "RFC 5280 section 4.2.1.1: keyIdentifier, the issuer's subject key identifier; ours is nothing else",
  check: (tbs, { issuer }) => {
    const extension = extensionOf(tbs, '2.5.29.35');
    if (extension === undefined) return 'it is missing';
    // SEQUENCE { [0] IMPLICIT OCTET STRING } of 20 octets.
    const expected = `30168014${hex(issuer.keyIdentifier)}`;
    return hex(extension.value) === expected ? undefined : `${hex(extension.value)} is not ${expected}`;
  },
};
