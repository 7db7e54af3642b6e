import { describeOid } from '../oids.ts';
import type { Rule } from './rule.ts';

export const duplicateExtensions: Rule = {
  name: 'duplicate_extensions',
  citation: 'RFC 5280 section 4.2: no more than one instance of a particular extension',
  check: ({ extensions }) => {
    const oids = extensions.map(({ oid }) => oid);
    const twice = oids.filter((oid, i) => oids.indexOf(oid) !== i).map(describeOid);
    return twice.length > 0 ? `${twice.join(', ')} more than once` : undefined;
  },
};
