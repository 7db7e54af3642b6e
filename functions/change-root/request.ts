import * as z from 'zod/mini';
import { freeText } from '../../shared/schema/free-text.ts';

/** Of one verifier, and of all of them. */
const MAX_LENGTH = 256;
const MAX_VERIFIERS = 50;

/** The body of `POST /v1/roots/{id}/acknowledge`. */
export const acknowledgeBody = z.strictObject({
  verifiers: z
    .array(freeText().check(z.minLength(1), z.maxLength(MAX_LENGTH)))
    .check(z.minLength(1), z.maxLength(MAX_VERIFIERS)),
});
