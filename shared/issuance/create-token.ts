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
import type { Cidr } from '../domain/ip-network.ts';
import { PROFILES, type ProfileName } from '../domain/profile.ts';
import { isTrusted } from '../domain/root-states.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { type FieldError, fieldErrors } from '../errors/app-error.ts';
import type { AuthorityStore, TokenStore } from './ports.ts';
import { trustBundle } from './trust-bundle.ts';

/** How long a token may be valid. */
const EXPIRES_IN_SECONDS = { min: 1, max: 365 * DAY } as const;

/** What an administrator asks for: each field is valid by itself, but may contradict the profile. */
export interface CreateTokenRequest {
  readonly profile: ProfileName;
  readonly names: AllowedNames;
  readonly maxUses: number;
  /** 1 second to 365 days. */
  readonly expiresInSeconds: number;
  /** @default - the profile's */
  readonly certificateLifetimeSeconds?: number | undefined;
  readonly onExistingName: BootstrapToken['onExistingName'];
  readonly exclusiveDns: boolean;
  readonly bind: { readonly csrSha256?: string | undefined; readonly sourceCidr: readonly Cidr[] };
  readonly description: string;
}

export interface TokenMaker {
  readonly tokens: Pick<TokenStore, 'createToken'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** What {@link createToken} returns. */
export interface CreatedToken {
  readonly record: BootstrapToken;
  /** `fst_<id>_<secret>`. */
  readonly token: string;
  /** Hex. */
  readonly trustSha256: string | undefined;
}

/**
 * Makes a bootstrap token and stores it with the hash of its secret.
 *
 * @example
 * const { record, token } = await createToken({ tokens, authority, clock, random }, request, 'arn:aws:iam::123456789012:role/admin');
 *
 * @param createdBy ARN of the IAM principal, from the gateway.
 * @returns the record, the token as its holder sends it, and the hash of the trust bundle that its hosts will find, undefined
 * while no root has its certificate. The secret in the token is stored nowhere.
 * @throws AppError `invalid_token_policy` naming each field that contradicts the profile;
 * `try_again` where the drawn id is taken.
 */
export async function createToken(
  { tokens, authority, clock, random }: TokenMaker,
  request: CreateTokenRequest,
  createdBy: string,
): Promise<CreatedToken> {
  checkPolicy(request);
  // Before the token is stored: if this fails, there is none whose secret nobody has seen.
  const anchors = await authority.readAuthority();
  const { profile, names, maxUses, onExistingName, exclusiveDns, bind, description } = request;
  const id = randomBase62(random, TOKEN_ID_LENGTH);
  const secret = randomBase62(random, SECRET_LENGTH);
  const createdAt = clock();
  const record: BootstrapToken = {
    id,
    secretSha256: createHash('sha256').update(secret).digest('hex'),
    profile,
    names,
    certificateLifetimeSeconds:
      request.certificateLifetimeSeconds ?? PROFILES[profile].lifetimeSeconds.default,
    maxUses,
    expiresAt: plus(createdAt, request.expiresInSeconds),
    onExistingName,
    exclusiveDns,
    bind: withoutUndefined(bind),
    description,
    createdAt,
    createdBy,
  };
  await tokens.createToken(record);
  const trustSha256 = anchors.roots.some(isTrusted) ? trustBundle(anchors).sha256 : undefined;
  return { record, token: formatToken(id, secret), trustSha256 };
}

function checkPolicy(request: CreateTokenRequest): void {
  const errors = [...namesAgainstProfile(request), ...timesAgainstProfile(request)];
  if (errors.length > 0) throw fieldErrors('invalid_token_policy', errors);
}

function namesAgainstProfile({ profile, names, exclusiveDns }: CreateTokenRequest): readonly FieldError[] {
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

function timesAgainstProfile(request: CreateTokenRequest): readonly FieldError[] {
  const { profile, certificateLifetimeSeconds, expiresInSeconds } = request;
  const { lifetimeSeconds } = PROFILES[profile];
  const errors: FieldError[] = [];
  if (certificateLifetimeSeconds !== undefined && !within(certificateLifetimeSeconds, lifetimeSeconds))
    errors.push({
      pointer: '#/certificateLifetime',
      detail: `Certificates of profile ${profile} have a lifetime of ${span(lifetimeSeconds)}. Set certificateLifetime within that range.`,
    });
  if (!within(expiresInSeconds, EXPIRES_IN_SECONDS))
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
