import * as z from 'zod/mini';
import { issuerView } from '../../shared/http/contract/issuer.ts';

/** The answer to `GET /v1/issuers`: all of them, on one page. */
export const listIssuersAnswer = z.object({
  items: z.array(issuerView).check(z.describe('In the order of the settings.')),
  cursor: z.null(),
  freeSlots: z
    .array(z.string())
    .check(z.describe('Ids of the declared slots without an issuer; a rollover takes the first.')),
});
