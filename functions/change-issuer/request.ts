import * as z from 'zod/mini';
import { parseRfc3339 } from '../../shared/domain/instant.ts';
import { TIME } from '../../shared/http/contract/formats.ts';
import { comment } from '../../shared/http/contract/revocation.ts';
import { text } from '../../shared/http/schema.ts';

/** The body of `POST /v1/issuers/{id}/{activate,drain,retire}`; it may be left out. */
export const changeIssuerBody = z.strictObject({ comment });

/** The body of `POST /v1/issuers/{id}/compromise`; it may be left out. */
export const compromiseIssuerBody = z.strictObject({
  comment,
  revokeAt: z.optional(text(parseRfc3339, TIME)),
});
