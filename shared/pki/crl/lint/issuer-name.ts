import { hex, sameBytes } from '../../lint/rule.ts';
import type { ListRule } from './rule.ts';

export const issuerName: ListRule = {
  name: 'issuer_name',
  citation: "RFC 5280 section 5.1.2.3: the CA's subject, not empty; ours is equal byte for byte",
  check: ({ issuer }, { ca }) => {
    if (issuer.length <= 2) return 'the issuer is empty';
    return sameBytes(issuer, ca.subject) ? undefined : `${hex(issuer)} is not ${hex(ca.subject)}`;
  },
};
