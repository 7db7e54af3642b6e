import type { Instant } from '../../../domain/instant.ts';
import { contentsOf, type DerElement } from '../../der/read.ts';
import type { ListRule } from './rule.ts';
import { readTime } from './time.ts';

function problem(name: string, written: DerElement | undefined, meant: Instant): string | undefined {
  if (written === undefined) return `${name} is missing`;
  const at = readTime(written.tag, contentsOf(written));
  if (typeof at === 'string') return `${name} ${at}`;
  return at === meant ? undefined : `${name} is ${at} instead of ${meant}`;
}

export const updates: ListRule = {
  name: 'updates',
  citation:
    'RFC 5280 sections 5.1.2.4 and 5.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; nextUpdate MUST be there, and is later',
  check: ({ thisUpdate, nextUpdate }, { plan }) => {
    if (plan.thisUpdate >= plan.nextUpdate) return 'thisUpdate is not before nextUpdate';
    return (
      problem('thisUpdate', thisUpdate, plan.thisUpdate) ?? problem('nextUpdate', nextUpdate, plan.nextUpdate)
    );
  },
};
