import { type BaseBlock, fromBER, ObjectIdentifier, Utf8String } from 'asn1js';
import { childrenOf } from '../der/children.ts';
import type { Rule } from './rule.ts';

/** The one item of a SET or SEQUENCE. @throws TypeError for none or several. */
function only(item: BaseBlock | undefined): BaseBlock | undefined {
  const children = childrenOf(item);
  if (children.length !== 1) throw new TypeError(`${children.length} items instead of one`);
  return children[0];
}

export const subject: Rule = {
  name: 'subject',
  citation: 'RFC 5280 section 4.1.2.6 and appendix A (ub-common-name 64); ours is one CN as UTF8String',
  check: (tbs, { commonName }) => {
    const [type, value] = childrenOf(only(only(fromBER(tbs.subject).result)));
    const isCommonName = type instanceof ObjectIdentifier && type.getValue() === '2.5.4.3';
    if (!isCommonName || !(value instanceof Utf8String)) return 'it is not a CN as UTF8String';
    const text = value.getValue();
    if (text.length < 1 || text.length > 64) return `the CN has ${text.length} characters`;
    return text === commonName ? undefined : `the CN ${JSON.stringify(text)} was not recorded`;
  },
};
