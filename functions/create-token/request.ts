import * as z from 'zod/mini';
import { DNS_PATTERN_FORM } from '../../shared/domain/dns-name.ts';
import { parseDuration } from '../../shared/domain/duration.ts';
import { parseCidr } from '../../shared/domain/ip-network.ts';
import { NAME_PATTERN_FORM, type NamePattern, parseNamePattern } from '../../shared/domain/name-pattern.ts';
import { PROFILE_NAMES, type ProfileName } from '../../shared/domain/profile.ts';
import { fieldError } from '../../shared/errors/app-error.ts';
import {
  COMMON_NAME_PATTERN,
  DNS_NAME_PATTERN,
  DURATION,
  NETWORK,
  SHA256,
} from '../../shared/http/contract/formats.ts';
import { text } from '../../shared/http/schema.ts';
import type { CreateTokenRequest } from '../../shared/issuance/create-token.ts';

/** More would only make a token hard to judge; a request of 16 KB has room for about 400. */
const MAX_PATTERNS = 100;

const DESCRIPTION = { rule: 'at most 256 characters', schema: { maxLength: 256 } };

const duration = text(parseDuration, DURATION);

const networks = z.array(text(parseCidr, NETWORK)).check(z.maxLength(MAX_PATTERNS));

/** The body of `POST /v1/tokens`. Whether it fits the profile is for `shared/issuance` to say. */
export const createTokenBody = z.strictObject({
  profile: z.enum(PROFILE_NAMES),
  names: z.strictObject({
    commonName: text(parseCommonNamePattern, COMMON_NAME_PATTERN),
    dns: z.prefault(z.array(text(parseDnsPattern, DNS_NAME_PATTERN)).check(z.maxLength(MAX_PATTERNS)), []),
    ip: z.prefault(networks, []),
  }),
  maxUses: z._default(z.int().check(z.gte(1), z.lte(1_000_000)), 1),
  expiresIn: z.prefault(duration, 'PT24H'),
  certificateLifetime: z.optional(duration).check(z.describe(`${DURATION.rule}; the profile's by default`)),
  onExistingName: z._default(z.enum(['refuse', 'replace']), 'refuse'),
  exclusiveDns: z._default(z.boolean(), false),
  bind: z.prefault(
    z.strictObject({
      csrSha256: z.optional(text(parseSha256, SHA256)),
      sourceCidr: z.prefault(networks, []),
    }),
    {},
  ),
  description: z.prefault(text(parseDescription, DESCRIPTION), ''),
});

/** Durations are text in the body, and seconds from here on. */
export function readTokenBody(body: z.infer<typeof createTokenBody>): CreateTokenRequest {
  const { expiresIn, certificateLifetime, ...rest } = body;
  return { ...rest, expiresInSeconds: expiresIn, certificateLifetimeSeconds: certificateLifetime };
}

/** The path of `POST /v1/profiles/{profile}/tokens`. */
export const profilePath = z.strictObject({
  profile: z.enum(PROFILE_NAMES).check(z.describe('What the certificates are for.')),
});

/** Its body: that of `POST /v1/tokens`, in which the profile may be left out. */
export const profileTokenBody = z.extend(createTokenBody, { profile: z.optional(z.enum(PROFILE_NAMES)) });

/** @throws AppError `malformed_request` where the body names another profile than the path. */
export function requireSameProfile(path: ProfileName, body: ProfileName | undefined): void {
  if (body === undefined || body === path) return;
  const detail = `profile is "${body}", but the path says "${path}". Leave it out, or send the request to /v1/profiles/${body}/tokens.`;
  throw fieldError('malformed_request', '#/profile', detail);
}

function parseCommonNamePattern(pattern: string): NamePattern | undefined {
  return NAME_PATTERN_FORM.test(pattern) ? parseNamePattern(pattern) : undefined;
}

/** Refused where no host name could ever fit. */
function parseDnsPattern(pattern: string): NamePattern | undefined {
  return DNS_PATTERN_FORM.test(pattern) ? parseNamePattern(pattern) : undefined;
}

function parseSha256(hex: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(hex) ? hex.toLowerCase() : undefined;
}

/** Counted as JSON Schema does, by code points. */
function parseDescription(description: string): string | undefined {
  return [...description].length <= 256 ? description : undefined;
}
