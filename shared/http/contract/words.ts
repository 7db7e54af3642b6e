import * as z from 'zod/mini';
import { type Instant, toRfc3339 } from '../../domain/instant.ts';

/** A time in responses. */
export const time = z
  .string()
  .check(z.meta({ id: 'Time', format: 'date-time', description: 'RFC 3339, UTC, whole seconds.' }));

/** A time in responses with a description of its own. */
export function timeThat(description: string) {
  return z.string().check(z.meta({ format: 'date-time', description }));
}

/** RFC 3339; undefined where there is no such time yet. */
export function optionalTime(at: Instant | undefined): string | undefined {
  return at === undefined ? undefined : toRfc3339(at);
}

/** A duration in responses. */
export const duration = z
  .string()
  .check(z.meta({ format: 'duration', description: 'ISO 8601, with days as the largest unit: P30D.' }));

/** A certificate's name in responses. */
export const NAME_DESCRIPTION = 'In lower case, however it was requested.';

/** One page of a listing. */
export function pageOf<Item extends z.ZodMiniType>(item: Item) {
  return z.object({
    items: z.array(item).check(z.describe('May be fewer than requested, even none, before the end.')),
    cursor: z
      .nullable(z.string())
      .check(z.describe('Pass it unchanged to get the next page; null at the end.')),
  });
}
