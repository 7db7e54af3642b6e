import * as z from 'zod/mini';
import { type FreeTextOptions, freeTextForm, freeTextProblem } from '../domain/free-text.ts';

/**
 * A string from a caller: every string in a request uses this, see {@link freeTextProblem}.
 *
 * @example z.strictObject({ tags: z.array(freeText()) })
 */
export function freeText(options?: FreeTextOptions) {
  return z.string().check(
    z.refine((text: string) => freeTextProblem(text, options) === undefined, {
      error: ({ input }) => freeTextProblem(String(input), options),
    }),
    z.meta({ pattern: freeTextForm(options).source }),
  );
}
