import type { Issuer } from '../domain/authority.ts';
import type { IssuerSlot, Slot } from '../domain/slot.ts';

/** The slots that the deployment declares for issuers, in the order of the settings. */
export function issuerSlots(slots: readonly Slot[]): readonly IssuerSlot[] {
  return slots.filter((slot) => slot.kind === 'issuer');
}

/** Slots without an issuer. */
export function freeSlots(
  slots: readonly IssuerSlot[],
  issuers: readonly Pick<Issuer, 'id'>[],
): readonly IssuerSlot[] {
  return slots.filter((slot) => !issuers.some(({ id }) => id === slot.id));
}
