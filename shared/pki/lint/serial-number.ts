import { hex, type Rule } from './rule.ts';

export const serialNumber: Rule = {
  name: 'serial_number',
  citation:
    'RFC 5280 section 4.1.2.2: positive, at most 20 octets; ours are the 18 octets that were recorded',
  check: ({ serialNumber }, context) => {
    const positive = (serialNumber[0] ?? 0) >= 0x01 && (serialNumber[0] ?? 0) <= 0x7f;
    if (!positive || serialNumber.length !== 18) return `${hex(serialNumber)} is not 18 octets from 01 to 7f`;
    return hex(serialNumber) === context.serialNumber ? undefined : `${hex(serialNumber)} was not recorded`;
  },
};
