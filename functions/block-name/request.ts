import * as z from 'zod/mini';
import { comment, reason } from '../../shared/http/contract/revocation.ts';

/** The body of `PUT /v1/blocks/{profile}/{name}`. */
export const blockNameBody = z.strictObject({ reason: z.optional(reason), comment });
