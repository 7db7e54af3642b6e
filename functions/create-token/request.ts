import * as z from 'zod/mini';
import { parseDnsName } from '../../shared/domain/dns-name.ts';
import { parseDuration } from '../../shared/domain/duration.ts';
import { parseCidr } from '../../shared/domain/ip-address.ts';
import { type NamePattern, parseNamePattern } from '../../shared/domain/name-pattern.ts';
import { PROFILE_NAMES, type ProfileName } from '../../shared/domain/profile.ts';
import { fieldError } from '../../shared/errors/app-error.ts';
import { text } from '../../shared/http/schema.ts';

/** More would only make a token hard to judge; a request of 16 KB has room for about 400. */
const MAX_PATTERNS = 100;

const COMMON_NAME_RULE =
  'a pattern of 1 to 64 letters, digits, ".", "_", "-" and "*"; "*" stands for one or more characters other than "."';
const DNS_RULE =
  'a host name in which "*" may stand for one or more characters other than ".": "*.example.com"';
const CIDR_RULE =
  'a network whose host bits are zero, or an address, not IPv4-mapped: "203.0.113.0/24", "2001:db8::/48"';
const DURATION_RULE = 'an ISO 8601 duration in weeks, days, hours, minutes or seconds: "PT24H", "P30D"';
const SHA256_RULE = "64 hexadecimal digits: the SHA-256 of the CSR's DER";
const DESCRIPTION_RULE = 'at most 256 characters';

const duration = text(parseDuration, DURATION_RULE);

const networks = z.array(text(parseCidr, CIDR_RULE)).check(z.maxLength(MAX_PATTERNS));

/** The body of `POST /v1/tokens`. Whether it fits the profile is for `shared/issuance` to say. */
export const createTokenBody = z.strictObject({
  profile: z.enum(PROFILE_NAMES),
  names: z.strictObject({
    commonName: text(parseCommonNamePattern, COMMON_NAME_RULE),
    dns: z.prefault(z.array(text(parseDnsPattern, DNS_RULE)).check(z.maxLength(MAX_PATTERNS)), []),
    ip: z.prefault(networks, []),
  }),
  maxUses: z._default(z.int().check(z.gte(1), z.lte(1_000_000)), 1),
  expiresIn: z.prefault(duration, 'PT24H'),
  certificateLifetime: z.optional(duration).check(z.describe(`${DURATION_RULE}; the profile's by default`)),
  onExistingName: z._default(z.enum(['refuse', 'replace']), 'refuse'),
  exclusiveDns: z._default(z.boolean(), false),
  bind: z.prefault(
    z.strictObject({
      csrSha256: z.optional(text(parseSha256, SHA256_RULE)),
      sourceCidr: z.prefault(networks, []),
    }),
    {},
  ),
  description: z.prefault(text(parseDescription, DESCRIPTION_RULE), ''),
});

/** The path of `POST /v1/profiles/{profile}/tokens`. */
export const profilePath = z.strictObject({
  profile: z.enum(PROFILE_NAMES).check(z.describe('What certificates the token gives.')),
});

/** Its body: that of `POST /v1/tokens`, in which the profile may be left out. */
export const profileTokenBody = z.extend(createTokenBody, { profile: z.optional(z.enum(PROFILE_NAMES)) });

/** @throws AppError `malformed_request` where the body names another profile than the path. */
export function requireSameProfile(path: ProfileName, body: ProfileName | undefined): void {
  if (body === undefined || body === path) return;
  const detail = `profile is "${body}", and the path says "${path}". Leave it out, or send the request to /v1/profiles/${body}/tokens.`;
  throw fieldError('malformed_request', '#/profile', detail);
}

/** A common name has at most 64 characters, and every character of a pattern stands for at least one. */
function parseCommonNamePattern(pattern: string): NamePattern | undefined {
  return pattern.length <= 64 ? parseNamePattern(pattern) : undefined;
}

/** Refused where no host name could ever fit. */
function parseDnsPattern(pattern: string): NamePattern | undefined {
  const isPossible = parseDnsName(pattern.replaceAll('*', 'a')) !== undefined;
  return isPossible ? parseNamePattern(pattern) : undefined;
}

function parseSha256(hex: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(hex) ? hex.toLowerCase() : undefined;
}

function parseDescription(description: string): string | undefined {
  return description.length <= 256 ? description : undefined;
}
