import * as z from 'zod/mini';
import { freeText } from '../../shared/schema/free-text.ts';

/** The path of `DELETE /v1/replacements/{id}`. */
export const replacementPath = z.strictObject({
  id: freeText().check(z.describe('Id of the replacement.')),
});
