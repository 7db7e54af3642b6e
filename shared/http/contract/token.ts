import * as z from 'zod/mini';
import type { BootstrapToken } from '../../domain/bootstrap-token.ts';
import { formatDuration } from '../../domain/duration.ts';
import { type Instant, isOver, toRfc3339 } from '../../domain/instant.ts';
import { PROFILE_NAMES } from '../../domain/profile.ts';
import { withoutUndefined } from '../../domain/without-undefined.ts';
import { duration, optionalTime, time, timeThat } from './words.ts';

/** A bootstrap token in responses; never with its secret. */
export const tokenView = z
  .object({
    id: z.string(),
    profile: z.enum(PROFILE_NAMES),
    names: z.object({ commonName: z.string(), dns: z.array(z.string()), ip: z.array(z.string()) }),
    maxUses: z.int(),
    uses: z.int().check(z.describe('How many certificates it has produced, including unfinished ones.')),
    state: z
      .enum(['OPEN', 'SPENT', 'EXPIRED', 'REVOKED'])
      .check(z.describe('Only OPEN allows new certificates.')),
    expiresAt: timeThat('The last second in which it allows new certificates.'),
    certificateLifetime: duration,
    onExistingName: z.enum(['refuse', 'replace']),
    exclusiveDns: z
      .boolean()
      .check(z.describe('Whether its certificates claim their DNS names and IP addresses.')),
    bind: z.object({ csrSha256: z.optional(z.string()), sourceCidr: z.array(z.string()) }),
    description: z.string(),
    createdAt: time,
    createdBy: z.string().check(z.describe('ARN of the IAM principal.')),
    revokedAt: z.optional(time),
  })
  .check(z.meta({ id: 'Token' }));

export type TokenView = z.infer<typeof tokenView>;

/** The token as it is at `now`. */
export function renderToken(token: BootstrapToken, uses: number, now: Instant): TokenView {
  const { names, bind, revokedAt } = token;
  return withoutUndefined({
    id: token.id,
    profile: token.profile,
    names: { commonName: names.commonName, dns: [...names.dns], ip: [...names.ip] },
    maxUses: token.maxUses,
    uses,
    state: stateOf(token, uses, now),
    expiresAt: toRfc3339(token.expiresAt),
    certificateLifetime: formatDuration(token.certificateLifetimeSeconds),
    onExistingName: token.onExistingName,
    exclusiveDns: token.exclusiveDns,
    bind: withoutUndefined({ csrSha256: bind.csrSha256, sourceCidr: [...bind.sourceCidr] }),
    description: token.description,
    createdAt: toRfc3339(token.createdAt),
    createdBy: token.createdBy,
    revokedAt: optionalTime(revokedAt),
  });
}

function stateOf(token: BootstrapToken, uses: number, now: Instant): TokenView['state'] {
  if (token.revokedAt !== undefined) return 'REVOKED';
  if (isOver(token.expiresAt, now)) return 'EXPIRED';
  return uses >= token.maxUses ? 'SPENT' : 'OPEN';
}
