import * as z from 'zod/mini';
import { MAX_INTERMEDIATES } from '../../shared/rotation/install-issuer.ts';

/** A certificate of 8,192 characters has a key of more than 16,384 bits. */
const pem = z.string().check(z.maxLength(8192));

/** The body of `PUT /v1/issuers/{id}/certificate`. */
export const installIssuerBody = z.strictObject({
  certificate: pem,
  chain: z.optional(z.array(pem).check(z.maxLength(MAX_INTERMEDIATES))),
});
