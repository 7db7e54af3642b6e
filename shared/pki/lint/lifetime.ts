import { LEAF_BACKDATE_SECONDS, PROFILES } from '../../domain/profile.ts';
import { validityOf } from '../parse-tbs.ts';
import type { Rule } from './rule.ts';

export const lifetime: Rule = {
  name: 'lifetime',
  citation: "the profile's maximum lifetime, counted from issuing; backdating comes on top",
  check: (tbs, { contents }) => {
    if (contents === undefined) return 'there is no profile';
    const { notBefore, notAfter } = validityOf(tbs);
    const longest = PROFILES[contents.profile].lifetimeSeconds.max + LEAF_BACKDATE_SECONDS;
    const seconds = notAfter - notBefore;
    return seconds <= longest ? undefined : `${seconds} s is longer than ${longest} s`;
  },
};
