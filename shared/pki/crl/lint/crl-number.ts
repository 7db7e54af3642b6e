import { hex } from '../../lint/rule.ts';
import { extensionOf, type ListRule } from './rule.ts';

export const crlNumber: ListRule = {
  name: 'crl_number',
  citation:
    'RFC 5280 section 5.2.3: MUST be there, not negative, 20 octets at most; ours is positive and as planned',
  check: (list, { plan }) => {
    const value = extensionOf(list, 'crlNumber')?.value;
    if (value === undefined) return 'it is missing';
    // INTEGER of fewer than 128 octets: tag and length take two.
    const octets = value.subarray(2);
    if (value[0] !== 0x02 || value[1] !== octets.length) return `${hex(value)} is not an INTEGER`;
    if (octets.length > 20) return `it has ${octets.length} octets`;
    const negative = (octets[0] ?? 0x80) >= 0x80;
    const number = negative ? -1n : BigInt(`0x${hex(octets)}`);
    if (number <= 0n) return `${hex(value)} is not positive`;
    return number === plan.number ? undefined : `${number} instead of ${plan.number}`;
  },
};
