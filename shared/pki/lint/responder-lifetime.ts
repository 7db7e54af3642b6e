import { validityOf } from '../parse-tbs.ts';
import type { Rule } from './rule.ts';

/** 30 days, and an hour of backdating. Seconds. */
const LONGEST = 30 * 86_400 + 3600;

export const responderLifetime: Rule = {
  name: 'responder_lifetime',
  citation:
    'RFC 6960 section 4.2.2.2.1: nobody checks whether it is revoked, so its certificate should have a very short lifetime',
  check: (tbs) => {
    const { notBefore, notAfter } = validityOf(tbs);
    const seconds = notAfter - notBefore;
    return seconds <= LONGEST ? undefined : `${seconds} s is longer than ${LONGEST} s`;
  },
};
