import * as z from 'zod/mini';
import { issuerId } from '../../shared/http/contract/issuer.ts';

/** The body of `POST /v1/issuers`; it may be left out. */
export const certifyIssuerBody = z.strictObject({ id: z.optional(issuerId) });
