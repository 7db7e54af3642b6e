import { alternativeNames } from '../domain/exclusive-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { EnrollmentView, IssuanceStore } from '../issuance/ports.ts';
import { additionalRoots, issuer, root } from './authority-item.ts';
import type { StoreContext } from './context.ts';
import { exclusiveName } from './exclusive-name-item.ts';
import { fromItem, type Item } from './expression.ts';
import {
  additionalRootsKey,
  alternativeNameKey,
  blockedKeyKey,
  issuerKey,
  ledgerKey,
  nameKey,
  reservationKey,
  rootKey,
  tokenKey,
} from './keys.ts';
import { checkOpen } from './ledger-state.ts';
import { nameRecord } from './name-item.ts';
import { readItems } from './read-items.ts';
import { bootstrapToken } from './token-item.ts';

/** A reservation as it lies in the table. */
export interface StoredReservation {
  readonly serialNumber: SerialNumber;
  readonly followUntil: Instant;
}

/** All that an enrollment decides on, in one BatchGetItem. */
export async function readForEnrollment(
  context: StoreContext,
  authority: { readonly rootIds: readonly string[]; readonly issuerIds: readonly string[] },
  { tokenId, publicKeySha256, ...names }: Parameters<IssuanceStore['readForEnrollment']>[0],
): Promise<EnrollmentView> {
  const keys = {
    token: tokenKey(tokenId),
    reservation: reservationKey(tokenId, publicKeySha256),
    name: nameKey(names.name),
    blocked: blockedKeyKey(publicKeySha256),
    additional: additionalRootsKey,
    ledger: ledgerKey,
  };
  const exclusive = alternativeNames(names);
  const roots = authority.rootIds.map(rootKey);
  const issuers = authority.issuerIds.map(issuerKey);
  const find = await readItems(context, [
    ...Object.values(keys),
    ...exclusive.map(alternativeNameKey),
    ...roots,
    ...issuers,
  ]);
  await checkOpen(context, find(keys.ledger));

  const token = find(keys.token);
  const reservation = find(keys.reservation);
  return {
    token: token && bootstrapToken(token),
    reservation: reservation && storedReservation(fromItem<StoredReservation>(reservation)),
    name: nameRecord(names.name, find(keys.name)),
    exclusive: exclusive.map((name) => exclusiveName(name, find(alternativeNameKey(name)))),
    issuers: issuers.map(find).filter(exists).map(issuer),
    roots: roots.map(find).filter(exists).map(root),
    additionalRoots: additionalRoots(find(keys.additional)),
    keyBlocked: find(keys.blocked) !== undefined,
  };
}

function storedReservation({ serialNumber, followUntil }: StoredReservation): StoredReservation {
  return { serialNumber, followUntil };
}

function exists(item: Item | undefined): item is Item {
  return item !== undefined;
}
