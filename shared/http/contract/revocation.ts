import * as z from 'zod/mini';
import type { Block, KeyBlock, NameBlock } from '../../domain/block.ts';
import { parseCommonName } from '../../domain/common-name.ts';
import { toRfc3339 } from '../../domain/instant.ts';
import { PROFILE_NAMES } from '../../domain/profile.ts';
import {
  LEAF_REVOCATION_REASONS,
  REVOCATION_REASONS,
  type Revocation,
  type RevocationReason,
} from '../../domain/revocation.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { text } from '../schema.ts';
import { COMMON_NAME } from './formats.ts';
import { NAME_DESCRIPTION, time } from './words.ts';

const REASONS = Object.keys(REVOCATION_REASONS) as RevocationReason[];

/** Who revoked or blocked something, in responses. */
export const REVOKER_DESCRIPTION =
  'ARN of the IAM principal; "holder of the key, from <address>" if it was proven with the key; "fleetseal" for the service itself.';

/** A revocation in responses, besides its time. */
export const revocationView = z.object({
  reason: z.enum(REASONS).check(z.describe('As in RFC 5280 section 5.3.1.')),
  revokedBy: z.string().check(z.describe(REVOKER_DESCRIPTION)),
  comment: z.optional(z.string()),
});

export function renderRevocation({ reason, revokedBy, comment }: Revocation): z.infer<typeof revocationView> {
  return withoutUndefined({ reason, revokedBy, comment });
}

const COMMENT = { rule: 'at most 256 characters on one line', schema: { maxLength: 256 } };

/** Counted as JSON Schema does, by code points. */
function parseComment(comment: string): string | undefined {
  return [...comment].length <= 256 ? comment : undefined;
}

export const comment = z.optional(text(parseComment, COMMENT));

/** The reason in requests; RFC 5280 section 5.3.1 without those that an operator of leaf certificates cannot give. */
export const reason = z.enum(LEAF_REVOCATION_REASONS);

/** The path of routes about a name in a profile. */
export const namePath = z.strictObject({
  profile: z.enum(PROFILE_NAMES).check(z.describe('Profile of the certificates.')),
  name: text(parseCommonName, COMMON_NAME).check(z.describe('Name of the certificates, in any case.')),
});

const block = {
  blockedAt: time,
  blockedBy: z.string().check(z.describe(REVOKER_DESCRIPTION)),
  reason: z.optional(reason),
  comment: z.optional(z.string()),
};

/** A blocked name in responses. */
export const nameBlockView = z
  .object({
    profile: z.enum(PROFILE_NAMES),
    name: z.string().check(z.describe(NAME_DESCRIPTION)),
    ...block,
  })
  .check(z.meta({ id: 'NameBlock' }));

/** A blocked key in responses. */
export const keyBlockView = z
  .object({
    spkiSha256: z.string().check(z.describe('Hex SHA-256 of the SubjectPublicKeyInfo.')),
    ...block,
  })
  .check(z.meta({ id: 'KeyBlock' }));

export function renderNameBlock(one: NameBlock): z.infer<typeof nameBlockView> {
  return { profile: one.profile, name: one.name, ...renderBlock(one) };
}

export function renderKeyBlock(one: KeyBlock): z.infer<typeof keyBlockView> {
  return { spkiSha256: one.publicKeySha256, ...renderBlock(one) };
}

function renderBlock({ at, by, reason: why, comment: said }: Block) {
  return withoutUndefined({ blockedAt: toRfc3339(at), blockedBy: by, reason: why, comment: said });
}
