import * as z from 'zod/mini';
import { parseRfc3339 } from '../../shared/domain/instant.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import type { ReplacementSelector } from '../../shared/domain/replacement.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { TIME } from '../../shared/http/contract/formats.ts';
import { text } from '../../shared/http/schema.ts';

const ISSUER_ID = { rule: 'the id of an issuer, as in "issuer-1"', pattern: /^issuer-[1-9][0-9]{0,2}$/ };

const time = text(parseRfc3339, TIME);

/** At least one condition: all certificates are never meant by mistake. */
const selector = z
  .strictObject({
    issuer: z.optional(text((id) => (ISSUER_ID.pattern.test(id) ? id : undefined), ISSUER_ID)),
    profile: z.optional(z.enum(PROFILE_NAMES)),
    notAfterBefore: z.optional(time),
  })
  .check(
    z.refine((conditions) => Object.keys(conditions).length > 0, {
      // An unknown field is reported by itself.
      when: ({ issues }) => issues.length === 0,
      error:
        'must have at least one of issuer, profile and notAfterBefore. To replace all certificates, use notAfterBefore with a time in the far future',
    }),
    z.meta({ minProperties: 1 }),
  );

/** The body of `POST /v1/replacements`. */
export const createReplacementBody = z.strictObject({ selector, by: time });

/** What the body selects, in the words of the domain. */
export function selectorOf({
  selector: { issuer: issuerId, profile, notAfterBefore },
}: z.infer<typeof createReplacementBody>): ReplacementSelector {
  return withoutUndefined({ issuerId, profile, notAfterBefore });
}
