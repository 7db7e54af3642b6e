import type { Instant } from '../domain/instant.ts';
import type { StoreContext } from './context.ts';
import { type Month, monthOf } from './month.ts';
import { readUnfenced } from './read-authority.ts';

/**
 * The month in which a walk through time buckets begins: nothing is older than the first root, so nothing is left out.
 * An authority without a root has made nothing yet; then it is the month of `now`.
 */
export async function firstMonth(context: StoreContext, now: Instant): Promise<Month> {
  const { roots } = await readUnfenced(context);
  return roots.map(({ createdAt }) => monthOf(createdAt)).reduce((a, b) => (a < b ? a : b), monthOf(now));
}
