import { isDeepStrictEqual } from 'node:util';
import type { IssuerState } from '../domain/authority.ts';
import type { Slot } from '../domain/slot.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import type { SlotStore } from './ports.ts';

export interface DeclareSlotsDependencies {
  readonly slots: SlotStore;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  /** Whether a deployment makes the keys here: in the standby of two Regions they are replicas. @default true */
  readonly makesKeys?: boolean;
}

/** Ids of the slots that changed. */
export interface DeclaredSlots {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** Issuers in these states need their slot: hosts hold their certificates. */
const IN_USE: readonly IssuerState[] = ['ACTIVE', 'DRAINING', 'COMPROMISED'];

/**
 * Records the CA keys that a deployment declares. Once more with the same slots changes nothing; a slot without a CA in use
 * may be taken out again, as when a deployment is rolled back. Only the Region that makes the keys takes slots out: the
 * standby's deployments find the keys by them, and a rollback there leaves the keys as they are.
 *
 * @throws AppError `internal` where a slot has another key than before, or than the certificate of its CA, and where the
 *   slot of an issuer in use is missing. Nothing was written then.
 */
export async function declareSlots(
  deps: DeclareSlotsDependencies,
  declared: readonly Slot[],
): Promise<DeclaredSlots> {
  const recorded = await deps.slots.readSlots();
  const authority = await deps.authority.readAuthority();
  const roots = authority.roots.filter((root) => root.kind === 'kms');
  for (const slot of declared) checkKeeps(slot, [...recorded, ...roots, ...authority.issuers]);
  const removed =
    (deps.makesKeys ?? true) ? recorded.filter(({ id }) => !declared.some((slot) => slot.id === id)) : [];
  const inUse = [
    ...authority.issuers
      .filter(({ state }) => IN_USE.includes(state))
      .map(({ id }) => [id, 'issuers'] as const),
    ...roots.filter(({ state }) => state !== 'RETIRED').map(({ id }) => [id, 'successorRoots'] as const),
  ];
  for (const [id, setting] of inUse) if (!declared.some((slot) => slot.id === id)) throw missing(id, setting);
  const changed = declared.filter((slot) => !recorded.some((one) => isDeepStrictEqual(one, slot)));
  for (const slot of changed) checkKeeps(slot, [await deps.slots.writeSlot(slot)]);
  for (const slot of removed) await deps.slots.removeSlot(slot);
  return { written: changed.map(({ id }) => id), removed: removed.map(({ id }) => id) };
}

/** Checks that whatever is recorded under the slot's id has its key. */
function checkKeeps(slot: Slot, recorded: readonly Pick<Slot, 'id' | 'keyArn'>[]): void {
  const other = recorded.find(({ id, keyArn }) => id === slot.id && keyArn !== slot.keyArn);
  if (other === undefined) return;
  throw new AppError(
    'internal',
    `${slot.id} is recorded with the key ${other.keyArn}, and the template now declares ${slot.keyArn} for it. A slot keeps its key: restore it, or append a new slot to the settings`,
  );
}

function missing(id: string, setting: 'issuers' | 'successorRoots'): AppError {
  return new AppError(
    'internal',
    `${id} is in use, but the settings no longer declare it. Put it back: append to the setting ${setting}, and never remove or reorder its entries`,
  );
}
