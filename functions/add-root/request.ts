import * as z from 'zod/mini';

/** The body of `POST /v1/roots`. A root of 8,192 characters has a key of more than 16,384 bits. */
export const addRootBody = z.strictObject({ pem: z.string().check(z.maxLength(8192)) });
