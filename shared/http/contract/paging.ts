import * as z from 'zod/mini';
import { freeText } from '../../schema/free-text.ts';
import { text } from '../schema.ts';

/** Items of a page. */
const LIMIT = { min: 1, max: 100, default: 50 } as const;

/** In a query everything is text; what it means is a number. */
const LIMIT_FORMAT = {
  rule: `a whole number from ${LIMIT.min} to ${LIMIT.max}`,
  schema: { type: 'integer', minimum: LIMIT.min, maximum: LIMIT.max },
};

/** Query parameters of every listing. */
export const paging = {
  cursor: z.optional(
    freeText().check(
      z.meta({
        description: 'Cursor from the previous page; omit for the first.',
        pattern: '^[A-Za-z0-9_-]+$',
      }),
    ),
  ),
  limit: z.prefault(text(parseLimit, LIMIT_FORMAT), String(LIMIT.default)),
};

function parseLimit(digits: string): number | undefined {
  const limit = /^[1-9]\d{0,2}$/.test(digits) ? Number(digits) : 0;
  return limit >= LIMIT.min && limit <= LIMIT.max ? limit : undefined;
}
