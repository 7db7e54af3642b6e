import { type BaseBlock, fromBER, Primitive } from 'asn1js';
import { PROFILES } from '../../domain/profile.ts';
import { childrenOf } from '../der/children.ts';
import { extensionOf, type Rule } from './rule.ts';

/** Tag number of a uniformResourceIdentifier in a GeneralName. */
const URI = 6;

const MAX_LENGTH = 2048;
const MAX_TRUST_DOMAIN = 255;

function textOf(item: BaseBlock): string {
  return item instanceof Primitive ? Buffer.from(item.valueBlock.valueHexView).toString('latin1') : '';
}

/** A trust domain and a path that is not empty; its segments are neither empty nor `.` or `..`. */
function isSpiffeId(uri: string): boolean {
  const match = /^spiffe:\/\/([a-z0-9._-]+)((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+)$/.exec(uri);
  return match !== null && (match[1] ?? '').length <= MAX_TRUST_DOMAIN && uri.length <= MAX_LENGTH;
}

export const spiffeId: Rule = {
  name: 'spiffe_id',
  citation: 'SPIFFE-ID sections 2.1 to 2.3; X509-SVID section 2: exactly one URI; none in other profiles',
  check: (tbs, { contents }) => {
    const extension = extensionOf(tbs, '2.5.29.17');
    const names = extension ? childrenOf(fromBER(extension.value).result) : [];
    const uris = names.filter(({ idBlock }) => idBlock.tagNumber === URI).map(textOf);
    const expected = contents && PROFILES[contents.profile].uri ? 1 : 0;
    if (uris.length !== expected) return `${uris.length} URIs instead of ${expected}`;
    const wrong = uris.find((uri) => !isSpiffeId(uri));
    return wrong === undefined ? undefined : `${wrong} is not a SPIFFE ID`;
  },
};
