import type { Rule } from './rule.ts';

export const version: Rule = {
  name: 'version',
  citation: 'RFC 5280 section 4.1.2.1: with extensions, version MUST be 3 (value is 2)',
  check: ({ version }) => (version === 2 ? undefined : `version is ${version}`),
};
