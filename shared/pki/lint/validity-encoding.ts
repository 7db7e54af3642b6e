import type { ParsedTime } from '../parse-tbs.ts';
import { instantOf } from '../parse-tbs.ts';
import type { Rule } from './rule.ts';

/** 2050-01-01T00:00:00Z in seconds. */
const YEAR_2050 = 2_524_608_000;

function problem(time: ParsedTime): string | undefined {
  const at = instantOf(time);
  if (at === undefined) return `${time.form} ${time.text} is not UTC with whole seconds`;
  const expected = at < YEAR_2050 ? 'UTCTime' : 'GeneralizedTime';
  return time.form === expected ? undefined : `${time.text} is a ${time.form}, not a ${expected}`;
}

export const validityEncoding: Rule = {
  name: 'validity_encoding',
  citation:
    'RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; Z, seconds, no fractions',
  check: ({ notBefore, notAfter }) => problem(notBefore) ?? problem(notAfter),
};
