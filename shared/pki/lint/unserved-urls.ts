import { describeOid } from '../oids.ts';
import type { Rule } from './rule.ts';

/** Extensions that hold URLs: CRL distribution points, freshest CRL, authority and subject information access. */
const URL_HOLDERS = ['2.5.29.31', '2.5.29.46', '1.3.6.1.5.5.7.1.1', '1.3.6.1.5.5.7.1.11'];

export const unservedUrls: Rule = {
  name: 'unserved_urls',
  citation: 'RFC 5280 sections 4.2.1.13, 4.2.1.15 and 4.2.2: pointers to services; none is configured',
  check: ({ extensions }) => {
    const found = extensions
      .filter(({ oid }) => URL_HOLDERS.includes(oid))
      .map(({ oid }) => describeOid(oid));
    return found.length > 0 ? `${found.join(', ')} without a service behind it` : undefined;
  },
};
