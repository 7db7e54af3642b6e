import type { NameBlock } from '../domain/block.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { Clock } from '../domain/instant.ts';
import { blockName as blockedIn, unblockName as unblockedIn } from '../domain/name-record.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { AppError } from '../errors/app-error.ts';
import type { BlockLedger, Pause } from './ports.ts';
import type { RevocationRequest } from './revoke-certificate.ts';

export interface BlockDependencies {
  readonly ledger: Pick<BlockLedger, 'name' | 'nameBlock' | 'blockName' | 'unblockName'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly pause: Pause;
}

/** A name in a profile. */
export interface ProfileAndName {
  readonly profile: ProfileName;
  readonly name: CommonName;
}

/** Why a name is blocked, and by whom. */
export type BlockRequest = Omit<RevocationRequest, 'reason'> & {
  readonly reason?: RevocationRequest['reason'] | undefined;
};

/** Before each further try, in milliseconds at most: another request wrote the name. */
const PAUSES = [20, 50, 100, 200, 400, 800, 1000, 1000] as const;

/**
 * Blocks a name in a profile: no token gets a certificate for it until it is unblocked. Its certificates stay as they are.
 * The same again changes nothing: the first block stays.
 *
 * @throws AppError `try_again` where others keep changing the name.
 */
export function blockName(
  deps: BlockDependencies,
  { profile, name }: ProfileAndName,
  { reason, comment, by }: BlockRequest,
): Promise<NameBlock> {
  const block = withoutUndefined({ profile, name, at: deps.clock(), by, reason, comment });
  return untilDone(deps, name, async () => {
    const record = await deps.ledger.name(name);
    if (record.blocked.includes(profile)) return (await deps.ledger.nameBlock(profile, name)) ?? block;
    const outcome = await deps.ledger.blockName(blockedIn(record, profile), block);
    return outcome === 'blocked' ? block : undefined;
  });
}

/**
 * Lifts the block of a name. Where there is none, nothing changes.
 *
 * @throws AppError `try_again` where others keep changing the name.
 */
export async function unblockName(deps: BlockDependencies, { profile, name }: ProfileAndName): Promise<void> {
  await untilDone(deps, name, async () => {
    const record = await deps.ledger.name(name);
    if (!record.blocked.includes(profile)) return true;
    const outcome = await deps.ledger.unblockName(unblockedIn(record, profile), { profile, name });
    return outcome === 'unblocked' || undefined;
  });
}

/** Attempts until another request does not interfere; `attempt` returns undefined where one did. */
async function untilDone<Result>(
  { random, pause }: BlockDependencies,
  name: CommonName,
  attempt: () => Promise<Result | undefined>,
): Promise<Result> {
  for (const milliseconds of [...PAUSES, undefined]) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (milliseconds !== undefined) await pause(((random(1)[0] ?? 0) / 256) * milliseconds);
  }
  const detail = `Other requests kept changing the name "${name}". Send the same request again.`;
  throw new AppError('try_again', detail, { retryAfterSeconds: 2 });
}
