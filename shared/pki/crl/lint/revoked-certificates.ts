import { entriesProblem } from './entries.ts';
import type { ListRule } from './rule.ts';

export const revokedCertificates: ListRule = {
  name: 'revoked_certificates',
  citation:
    'RFC 5280 sections 5.1.2.6 and 5.3.1: absent where empty, no duplicates, reasons known and never unspecified; ours ascend',
  check: ({ entries }, { expected }) => {
    if (entries === undefined)
      return expected.count === 0 ? undefined : `${expected.count} entries are missing`;
    if (entries.length === 0) return 'it is there and empty';
    const { problem, count } = entriesProblem(entries, expected.samples);
    if (problem !== undefined) return problem;
    return count === expected.count ? undefined : `${count} entries instead of ${expected.count}`;
  },
};
