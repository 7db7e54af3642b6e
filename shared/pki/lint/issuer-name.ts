import { hex, type Rule, sameBytes } from './rule.ts';

export const issuerName: Rule = {
  name: 'issuer_name',
  citation: "RFC 5280 sections 4.1.2.4 and 7.1: the issuer's subject, not empty; ours is equal byte for byte",
  check: ({ issuer, subject }, context) => {
    const expected = context.kind === 'root' ? subject : context.issuer.subject;
    if (issuer.length <= 2) return 'the issuer is empty';
    return sameBytes(issuer, expected) ? undefined : `${hex(issuer)} is not ${hex(expected)}`;
  },
};
