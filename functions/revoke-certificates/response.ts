import * as z from 'zod/mini';
import type { NameBlock } from '../../shared/domain/block.ts';
import { CERTIFICATE_STATES } from '../../shared/domain/certificate-record.ts';
import { type Instant, isOver, toRfc3339 } from '../../shared/domain/instant.ts';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import { toDecimal } from '../../shared/domain/serial-number.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import {
  nameBlockView,
  renderNameBlock,
  renderRevocation,
  revocationView,
} from '../../shared/http/contract/revocation.ts';
import { NAME_DESCRIPTION, time } from '../../shared/http/contract/words.ts';
import { describeEffect, type EffectSettings } from '../../shared/revocation/effect.ts';
import type { RevokedRecord } from '../../shared/revocation/revoke-certificate.ts';

/** Certificates that an answer lists. */
const MAX_LISTED = 1000;

const revokedView = z
  .extend(revocationView, {
    serialNumber: z.string().check(z.describe('36 lower-case hex digits.')),
    serialNumberDecimal: z.string().check(z.describe('The same in decimal, as Fleet Server logs it.')),
    profile: z.enum(PROFILE_NAMES),
    name: z.string().check(z.describe(NAME_DESCRIPTION)),
    state: z
      .enum(CERTIFICATE_STATES)
      .check(z.describe('REVOKED; or VOID if it was never signed, which counts as revoked.')),
    expired: z.boolean(),
    revokedAt: time,
  })
  .check(z.meta({ id: 'RevokedCertificate' }));

const effectView = z
  .object({
    renewal: z.string(),
    ocsp: z.string(),
    crl: z.string(),
    fleetServer: z.string(),
    sessions: z.string(),
    fleet: z.string(),
    fleetCommands: z.optional(
      z
        .array(z.string())
        .check(z.describe('POSIX sh; of at most 20 agents, where no connector unenrolls them.')),
    ),
    expired: z.optional(z.string()),
  })
  .check(
    z.meta({
      id: 'Effect',
      description: 'What takes effect where and when, computed from the settings of this deployment.',
    }),
  );

/** The answer to every revocation. */
export const revocationAnswer = z
  .object({
    revoked: z
      .array(revokedView)
      .check(z.describe('Those revoked, now or before, with the first time and reason; at most 1,000.')),
    count: z.int().check(z.describe('How many are revoked, also if not all are listed.')),
    complete: z
      .boolean()
      .check(z.describe('False if time ran out: send the same request again, with cursor if there is one.')),
    cursor: z.optional(z.string()).check(z.describe('Where the same request continues.')),
    block: z.optional(nameBlockView).check(z.describe('The block of the name, if one was requested.')),
    effect: effectView,
  })
  .check(z.meta({ id: 'Revocation' }));

/** What was revoked, and what that does. */
export interface RevocationResult {
  readonly revoked: readonly RevokedRecord[];
  readonly complete: boolean;
  readonly cursor?: string;
  readonly block?: NameBlock | undefined;
}

export function renderRevocations(
  { revoked, complete, cursor, block }: RevocationResult,
  settings: EffectSettings,
  now: Instant,
): z.infer<typeof revocationAnswer> {
  const { fleetCommands, ...effect } = describeEffect(settings, revoked, now);
  return withoutUndefined({
    revoked: revoked.slice(0, MAX_LISTED).map((record) => renderRevoked(record, now)),
    count: revoked.length,
    complete,
    cursor,
    block: block && renderNameBlock(block),
    effect: withoutUndefined({ ...effect, fleetCommands: fleetCommands && [...fleetCommands] }),
  });
}

function renderRevoked(record: RevokedRecord, now: Instant): z.infer<typeof revokedView> {
  const { serialNumber, profile, name, state, validity, revocation } = record;
  return {
    serialNumber,
    serialNumberDecimal: toDecimal(serialNumber),
    profile,
    name,
    state,
    expired: isOver(validity.notAfter, now),
    revokedAt: toRfc3339(revocation.revokedAt),
    ...renderRevocation(revocation),
  };
}
