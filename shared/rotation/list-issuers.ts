import type { Issuer } from '../domain/authority.ts';
import type { IssuerSlot } from '../domain/slot.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { freeSlots, issuerSlots } from './issuer-slots.ts';
import type { SlotStore } from './ports.ts';

export interface ListIssuersDependencies {
  readonly slots: Pick<SlotStore, 'readSlots'>;
  readonly authority: Pick<AuthorityStore, 'readAuthority'>;
}

/** Every issuer, in the order of the settings, those without a slot last; and the slots that are free. */
export async function listIssuers({ slots, authority }: ListIssuersDependencies): Promise<{
  readonly issuers: readonly Issuer[];
  readonly freeSlots: readonly IssuerSlot[];
}> {
  const [declared, { issuers }] = await Promise.all([slots.readSlots(), authority.readAuthority()]);
  const ofIssuers = issuerSlots(declared);
  const placeOf = ({ id }: Issuer) => ofIssuers.find((slot) => slot.id === id)?.place ?? ofIssuers.length;
  const inOrder = issuers.toSorted((a, b) => placeOf(a) - placeOf(b));
  return { issuers: inOrder, freeSlots: freeSlots(ofIssuers, issuers) };
}
