import type { SlotStore } from '../../shared/rotation/ports.ts';
import type { Tables } from './tables.ts';

/** Declared CA keys in memory. */
export function fakeSlots({ slots }: Pick<Tables, 'slots'>): SlotStore {
  return {
    readSlots: async () =>
      [...slots.values()].sort((a, b) =>
        a.kind === b.kind ? a.place - b.place : a.kind === 'root' ? -1 : 1,
      ),
    writeSlot: async (slot) => {
      const there = slots.get(slot.id);
      if (there !== undefined && there.keyArn !== slot.keyArn) return there;
      slots.set(slot.id, slot);
      return slot;
    },
    removeSlot: async ({ id, keyArn }) => {
      if (slots.get(id)?.keyArn === keyArn) slots.delete(id);
    },
  };
}
