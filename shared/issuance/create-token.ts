import { createHash } from 'node:crypto';
import {
  type AllowedNames,
  type BootstrapToken,
  formatToken,
  randomBase62,
  SECRET_LENGTH,
  TOKEN_ID_LENGTH,
} from '../domain/bootstrap-token.ts';
import { DAY, formatDuration } from '../domain/duration.ts';
import { type Clock, plus } from '../domain/instant.ts';
import type { Cidr } from '../domain/ip-address.ts';
import { PROFILES, type ProfileName } from '../domain/profile.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { type FieldError, fieldErrors } from '../errors/app-error.ts';
import type { TokenStore } from './ports.ts';

/** Seconds that a token may live. */
const EXPIRES_IN_SECONDS = { min: 1, max: 365 * DAY } as const;

/** What an admin asks for; every field is readable by itself, they may still contradict the profile. */
export interface TokenWish {
  readonly profile: ProfileName;
  readonly names: AllowedNames;
  readonly maxUses: number;
  /** Seconds from now: 1 to 365 days. */
  readonly expiresIn: number;
  /** Seconds. @default the profile's */
  readonly certificateLifetime?: number | undefined;
  readonly onExistingName: BootstrapToken['onExistingName'];
  readonly exclusiveDns: boolean;
  readonly bind: { readonly csrSha256?: string | undefined; readonly sourceCidr: readonly Cidr[] };
  readonly description: string;
}

export interface TokenMaker {
  readonly tokens: Pick<TokenStore, 'createToken'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/**
 * Makes a bootstrap token and stores it with the hash of its secret.
 *
 * @param createdBy ARN of the IAM principal, from the gateway.
 * @returns the record, and the token as its holder sends it, which exists nowhere else.
 * @throws AppError `invalid_token_policy` naming everything by which the token could never serve its profile;
 * `try_again` where the drawn id is taken.
 */
export async function createToken(
  { tokens, clock, random }: TokenMaker,
  wish: TokenWish,
  createdBy: string,
): Promise<{ readonly record: BootstrapToken; readonly token: string }> {
  checkPolicy(wish);
  const { profile, names, maxUses, expiresIn, onExistingName, exclusiveDns, bind, description } = wish;
  const id = randomBase62(random, TOKEN_ID_LENGTH);
  const secret = randomBase62(random, SECRET_LENGTH);
  const createdAt = clock();
  const record: BootstrapToken = {
    id,
    secretSha256: createHash('sha256').update(secret).digest('hex'),
    profile,
    names,
    certificateLifetime: wish.certificateLifetime ?? PROFILES[profile].lifetime.default,
    maxUses,
    expiresAt: plus(createdAt, expiresIn),
    onExistingName,
    exclusiveDns,
    bind: withoutUndefined(bind),
    description,
    createdAt,
    createdBy,
  };
  await tokens.createToken(record);
  return { record, token: formatToken(id, secret) };
}

function checkPolicy(wish: TokenWish): void {
  const errors = [...namesAgainstProfile(wish), ...timesAgainstProfile(wish)];
  if (errors.length > 0) throw fieldErrors('invalid_token_policy', errors);
}

function namesAgainstProfile({ profile, names, exclusiveDns }: TokenWish): readonly FieldError[] {
  const { dns, ip, uri } = PROFILES[profile];
  const errors: FieldError[] = [];
  if (dns === 'never' && names.dns.length > 0)
    errors.push({
      pointer: '#/names/dns',
      detail: `Certificates of profile ${profile} contain no DNS names. Leave names.dns out.`,
    });
  if (dns === 'required' && names.dns.length === 0)
    errors.push({
      pointer: '#/names/dns',
      detail: `Certificates of profile ${profile} need a DNS name. Allow one in names.dns.`,
    });
  if (ip === 'never' && names.ip.length > 0)
    errors.push({
      pointer: '#/names/ip',
      detail: `Certificates of profile ${profile} contain no IP addresses. Leave names.ip out.`,
    });
  if (!uri && dns === 'token' && names.dns.length + names.ip.length === 0)
    errors.push({
      pointer: '#/names',
      detail: `Certificates of profile ${profile} need a DNS name or an IP address. Allow one in names.dns or names.ip.`,
    });
  if (exclusiveDns && names.dns.length + names.ip.length === 0)
    errors.push({
      pointer: '#/exclusiveDns',
      detail:
        'exclusiveDns claims DNS names and IP addresses, but this token allows none. Allow some in names.dns or names.ip, or leave exclusiveDns out.',
    });
  return errors;
}

function timesAgainstProfile({ profile, certificateLifetime, expiresIn }: TokenWish): readonly FieldError[] {
  const { lifetime } = PROFILES[profile];
  const errors: FieldError[] = [];
  if (certificateLifetime !== undefined && !within(certificateLifetime, lifetime))
    errors.push({
      pointer: '#/certificateLifetime',
      detail: `Certificates of profile ${profile} have a lifetime of ${span(lifetime)}. Set certificateLifetime within that range.`,
    });
  if (!within(expiresIn, EXPIRES_IN_SECONDS))
    errors.push({
      pointer: '#/expiresIn',
      detail: `A token has a lifetime of ${span(EXPIRES_IN_SECONDS)}. Set expiresIn within that range.`,
    });
  return errors;
}

function within(seconds: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return seconds >= min && seconds <= max;
}

function span({ min, max }: { readonly min: number; readonly max: number }): string {
  return `${formatDuration(min)} to ${formatDuration(max)}`;
}
