import type { ListRule } from './rule.ts';

export const version: ListRule = {
  name: 'version',
  citation: 'RFC 5280 section 5.1.2.1: with extensions, version MUST be 2 (value is 1)',
  check: ({ version }) =>
    version?.length === 1 && version[0] === 1
      ? undefined
      : `version is ${version === undefined ? 'missing' : Buffer.from(version).toString('hex')}`,
};
