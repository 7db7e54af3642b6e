import { validityOf } from '../parse-tbs.ts';
import type { Rule } from './rule.ts';

export const validityPeriod: Rule = {
  name: 'validity_period',
  citation: 'RFC 5280 section 4.1.2.5: from notBefore through notAfter; ours as recorded',
  check: (tbs, { validity }) => {
    const { notBefore, notAfter } = validityOf(tbs);
    if (notBefore >= notAfter) return 'notBefore is not before notAfter';
    const same = notBefore === validity.notBefore && notAfter === validity.notAfter;
    return same ? undefined : `${notBefore} to ${notAfter} was not recorded`;
  },
};
