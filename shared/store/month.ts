import { type Instant, toRfc3339 } from '../domain/instant.ts';

/** A calendar month in UTC, as the buckets of the listing index are named: `2026-11`. Text order is time order. */
export type Month = string;

export function monthOf(at: Instant): Month {
  return toRfc3339(at).slice(0, 7);
}

/** The month `by` months later (earlier, if negative). */
export function addMonths(month: Month, by: number): Month {
  const [year = 0, ordinal = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, ordinal - 1 + by)).toISOString().slice(0, 7);
}
