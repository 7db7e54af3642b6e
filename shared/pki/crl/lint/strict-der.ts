import { checkStrictDer } from '../../der/check-strict.ts';
import type { ListRule } from './rule.ts';

export const strictDer: ListRule = {
  name: 'strict_der',
  citation: 'RFC 5280 section 5.1 and X.690 sections 10 and 11; the entries have a rule of their own',
  check: ({ parts, extensions }) => {
    for (const part of [...parts, ...extensions.map(({ value }) => value)]) {
      const problem = checkStrictDer(part);
      if (problem !== undefined) return problem;
    }
    return undefined;
  },
};
