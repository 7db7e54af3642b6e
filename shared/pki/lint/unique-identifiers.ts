import type { Rule } from './rule.ts';

export const uniqueIdentifiers: Rule = {
  name: 'unique_identifiers',
  citation: 'RFC 5280 section 4.1.2.8: CAs MUST NOT generate unique identifiers',
  check: ({ surplusFields }) => (surplusFields ? 'there are fields besides the extensions' : undefined),
};
