import type { Ceremony } from '../domain/ceremony.ts';
import type { Clock } from '../domain/instant.ts';
import type { RootSlot } from '../domain/slot.ts';
import type { AuthorityStore, CeremonyLog, KeyStates } from '../issuance/ports.ts';
import { isNeeded, SETTLING_SECONDS } from '../issuance/root-custody.ts';
import type { SlotStore } from './ports.ts';

export interface CheckRootKeysDependencies {
  readonly slots: Pick<SlotStore, 'readSlots'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
  readonly ceremonies: Pick<CeremonyLog, 'lastCeremonies'>;
  readonly keys: Pick<KeyStates, 'stateOf' | 'disable'>;
  readonly clock: Clock;
}

/** Ids of roots. */
export interface CheckedRootKeys {
  /** Their keys were enabled, although no use needs them, and are disabled now. */
  readonly disabled: readonly string[];
  /**
   * Their keys were in another state than the settings say, and no recorded use explains it: enabled although they are
   * disabled between uses, or disabled, or about to be deleted, although they are not.
   */
  readonly wrong: readonly string[];
  readonly failed: readonly { readonly what: string; readonly error: unknown }[];
}

/**
 * How long a use that left its key enabled, because it was cut off or for the next try, explains that the key is enabled, in
 * seconds: the next run after it disables the key.
 */
const EXPLAINED_SECONDS = 3600;

/**
 * Sees that the keys of the roots are in the state that the settings say: those that are disabled between uses are disabled
 * again after a use that was cut off. No key is ever enabled: somebody may have disabled it because it is misused.
 */
export async function checkRootKeys(deps: CheckRootKeysDependencies): Promise<CheckedRootKeys> {
  const { roots } = await deps.authority.readAuthority();
  const retired = roots.filter(({ state }) => state === 'RETIRED').map(({ id }) => id);
  const slots = (await deps.slots.readSlots()).filter((slot) => slot.kind === 'root');
  const disabled: string[] = [];
  const wrong: string[] = [];
  const failed: { what: string; error: unknown }[] = [];
  for (const slot of slots) {
    const { id, keyArn } = slot;
    try {
      const state = await deps.keys.stateOf(keyArn);
      if (slot.disabledBetweenUses !== true || state !== 'Enabled') {
        if (state !== stateBetweenUses(slot) && !retired.includes(id)) wrong.push(id);
        continue;
      }
      const uses = await deps.ceremonies.lastCeremonies(100);
      const now = deps.clock();
      if (isNeeded(uses, keyArn, now)) continue;
      const own = uses.filter((use) => use.keyArn === keyArn);
      if (!isExplained(own, now)) wrong.push(id);
      await deps.keys.disable(keyArn);
      disabled.push(id);
    } catch (error) {
      failed.push({ what: `key of ${id}`, error });
    }
  }
  return { disabled, wrong, failed };
}

function stateBetweenUses({ disabledBetweenUses }: RootSlot): string {
  return disabledBetweenUses === true ? 'Disabled' : 'Enabled';
}

/**
 * Whether these uses explain an enabled key. One that ended does so for a while: KMS may still show the state from before, or
 * it ended since the state was read. One that left the key enabled does, until a later use has ended, which disabled it.
 */
function isExplained(uses: readonly Ceremony[], now: number): boolean {
  const ended = Math.max(
    ...uses.filter(({ outcome }) => outcome === 'signed' || outcome === 'read').map(({ at }) => at),
    Number.NEGATIVE_INFINITY,
  );
  return uses.some(({ outcome, at }) => {
    const leftEnabled = (outcome === undefined || outcome === 'not_enabled') && at >= ended;
    return now - at < (leftEnabled ? EXPLAINED_SECONDS : SETTLING_SECONDS);
  });
}
