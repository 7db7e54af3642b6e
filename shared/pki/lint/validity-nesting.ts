import { validityOf } from '../parse-tbs.ts';
import type { Rule } from './rule.ts';

export const validityNesting: Rule = {
  name: 'validity_nesting',
  citation:
    'RFC 5280 section 6.1.3 (a)(2): every certificate of a path must be valid, so none outlives its issuer',
  check: (tbs, { issuer }) => {
    const { notBefore, notAfter } = validityOf(tbs);
    if (notBefore < issuer.validity.notBefore) return 'it starts before its issuer';
    return notAfter > issuer.validity.notAfter ? 'it ends after its issuer' : undefined;
  },
};
