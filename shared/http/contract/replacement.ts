import * as z from 'zod/mini';
import { toRfc3339 } from '../../domain/instant.ts';
import { PROFILE_NAMES } from '../../domain/profile.ts';
import type { Replacement } from '../../domain/replacement.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { optionalTime, time } from './words.ts';

/** A mass replacement in responses. */
export const replacementView = z
  .object({
    id: z.string(),
    selector: z.object({
      issuer: z.optional(z.string().check(z.describe('Id of the issuer.'))),
      profile: z.optional(z.enum(PROFILE_NAMES)),
      notAfterBefore: z.optional(time),
    }),
    by: time,
    certificates: z.int().check(z.describe('How many live certificates it selected when it was created.')),
    createdAt: time,
    createdBy: z.string().check(z.describe('ARN of the IAM principal.')),
  })
  .check(z.meta({ id: 'Replacement' }));

export function renderReplacement(one: Replacement): z.infer<typeof replacementView> {
  const { issuerId: issuer, profile, notAfterBefore } = one.selector;
  return {
    id: one.id,
    selector: withoutUndefined({ issuer, profile, notAfterBefore: optionalTime(notAfterBefore) }),
    by: toRfc3339(one.by),
    certificates: one.certificates,
    createdAt: toRfc3339(one.createdAt),
    createdBy: one.createdBy,
  };
}
