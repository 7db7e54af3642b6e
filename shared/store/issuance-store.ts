import type { IssuanceStore } from '../issuance/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { commit, releaseLease, takeLease } from './complete.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { readForEnrollment } from './enrollment-view.ts';
import { readExclusiveNames } from './exclusive-name-item.ts';
import { certificateKey, nameKey, useSlotKey } from './keys.ts';
import { nameRecord } from './name-item.ts';
import { openReservations } from './open-reservations.ts';
import { readIssuer } from './read-issuer.ts';
import { readItem, readItems } from './read-items.ts';
import { recordHostDeployment } from './record-deployment.ts';
import { reserve } from './reserve.ts';
import { useSlotOf, useSlots } from './token-item.ts';
import { voidReservation } from './void-reservation.ts';

/** The ledger of certificates in DynamoDB. Roots and issuers are read by id: the declared ones, in that order. */
export function dynamoIssuanceStore(
  options: StoreOptions & { readonly rootIds: readonly string[]; readonly issuerIds: readonly string[] },
): IssuanceStore {
  const context = storeContext(options);
  return {
    readForEnrollment: (query) => readForEnrollment(context, options, query),
    reserve: (reservation, now) => reserve(context, reservation, now),
    freeUseSlots: async (token) => {
      const slots = useSlots(token);
      const find = await readItems(
        context,
        slots.map((slot) => useSlotKey(token.id, slot)),
      );
      return slots.filter((slot) => {
        const item = find(useSlotKey(token.id, slot));
        const counter = item && useSlotOf(item);
        return counter !== undefined && counter.used < counter.capacity;
      });
    },
    certificate: async (serialNumber) => {
      const item = await readItem(context, certificateKey(serialNumber));
      return item && certificateRecord(item);
    },
    issuer: (id) => readIssuer(context, id),
    takeLease: (serialNumber, lease, now) => takeLease(context, serialNumber, lease, now),
    commit: (record, issued) => commit(context, record, issued),
    recordHostDeployment: (...deployment) => recordHostDeployment(context, ...deployment),
    releaseLease: (serialNumber, owner, attempts, now) =>
      releaseLease(context, serialNumber, owner, attempts, now),
    openReservations: (query) => openReservations(context, query),
    name: async (name) => nameRecord(name, await readItem(context, nameKey(name))),
    exclusiveNames: (names) => readExclusiveNames(context, names),
    voidReservation: (record, name, exclusive, now) => voidReservation(context, record, name, exclusive, now),
  };
}
