import * as z from 'zod/mini';
import { parseRfc3339 } from '../../shared/domain/instant.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import type { ReplacementSelector } from '../../shared/domain/replacement.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { fieldError } from '../../shared/errors/app-error.ts';
import { TIME } from '../../shared/http/contract/formats.ts';
import { text } from '../../shared/http/schema.ts';

const ISSUER_ID = { rule: 'the id of an issuer, as in "issuer-1"', pattern: /^issuer-[1-9][0-9]{0,2}$/ };

const time = text(parseRfc3339, TIME);

/** The body of `POST /v1/replacements`. */
export const createReplacementBody = z.strictObject({
  selector: z.strictObject({
    issuer: z.optional(text((id) => (ISSUER_ID.pattern.test(id) ? id : undefined), ISSUER_ID)),
    profile: z.optional(z.enum(PROFILE_NAMES)),
    notAfterBefore: z.optional(time),
  }),
  by: time,
});

/** @throws AppError `malformed_request` where nothing is said: all certificates are never meant by mistake. */
export function selectorOf({
  selector: { issuer: issuerId, profile, notAfterBefore },
}: z.infer<typeof createReplacementBody>): ReplacementSelector {
  const selector = withoutUndefined({ issuerId, profile, notAfterBefore });
  if (Object.keys(selector).length === 0)
    throw fieldError(
      'malformed_request',
      '#/selector',
      'selector must have at least one of issuer, profile and notAfterBefore. To replace all certificates, use notAfterBefore with a time in the far future.',
    );
  return selector;
}
