import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import { type Instant, isOver } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { Reservation, ReserveOutcome } from '../issuance/ports.ts';
import { certificateItem } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import type { StoredReservation } from './enrollment-view.ts';
import { putExclusiveName } from './exclusive-name-item.ts';
import { type Item, names, notOver, toItem, values } from './expression.ts';
import { blockedKeyKey, reservationKey, reservationTtl, useSlotKey } from './keys.ts';
import { putName } from './name-item.ts';
import { useSlotOf } from './token-item.ts';
import { type Refusal, transact } from './transact.ts';

/**
 * Counts the use, claims the names, writes reservation and record, in one transaction: 55 items at most, of the 100 that
 * DynamoDB takes.
 *
 * `exists` may mean this very call: where DynamoDB's answer was lost and the transaction is sent again after its
 * ClientRequestToken was forgotten, it meets its own reservation. Nothing is wrong then: the caller reads the record and
 * finds itself as `lease.owner`.
 */
export async function reserve(
  context: StoreContext,
  reservation: Reservation,
  now: Instant,
): Promise<ReserveOutcome> {
  const refusal = await transact(context, [
    putReservation(context, reservation),
    countUse(context, reservation, now),
    { Put: putName(context, reservation.name) },
    putRecord(context, reservation),
    ifNotBlocked(context, reservation),
    ...reservation.exclusive.map((name) => ({ Put: putExclusiveName(context, name) })),
  ]);
  return refusal === undefined ? 'reserved' : outcomeOf(refusal, now);
}

/** Several conditions may fail at once; the first in this order is answered. */
function outcomeOf(
  [reservation, useSlot, name, record, key, ...exclusive]: Refusal,
  now: Instant,
): ReserveOutcome {
  if (reservation?.failed) return 'exists';
  if (useSlot?.failed) return isOpen(useSlot.item, now) ? 'slot_full' : 'token_closed';
  if (key?.failed) return 'key_blocked';
  if ([name, ...exclusive].some((one) => one?.failed)) return 'name_changed';
  if (record?.failed)
    throw new AppError('try_again', 'The serial number is taken. Send the same request again.', {
      retryAfterSeconds: 1,
    });
  throw new AppError('internal', 'a transaction was refused without a failed condition');
}

/** A counter that is neither closed nor expired refused the use because it is full. */
function isOpen(item: Item | undefined, now: Instant): boolean {
  if (item === undefined) return false;
  const { closedAt, expiresAt } = useSlotOf(item);
  return closedAt === undefined && !isOver(expiresAt, now);
}

const ONLY_NEW = {
  ConditionExpression: 'attribute_not_exists(#pk)',
  ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
};

function putReservation(
  { tableName }: StoreContext,
  { record, followUntil }: Reservation,
): TransactWriteItem {
  const stored: StoredReservation = { serialNumber: record.serialNumber, followUntil };
  const Item = {
    ...reservationKey(record.tokenId, record.publicKeySha256),
    ...toItem({ ...stored, ttl: reservationTtl(followUntil, record.validity.notAfter) }),
  };
  return { Put: { TableName: tableName, Item, ...ONLY_NEW } };
}

function countUse({ tableName }: StoreContext, { record }: Reservation, now: Instant): TransactWriteItem {
  return {
    Update: {
      TableName: tableName,
      Key: useSlotKey(record.tokenId, record.useSlot),
      UpdateExpression: 'ADD #used :one',
      ConditionExpression: `#used < #capacity AND attribute_not_exists(#closedAt) AND ${notOver('expiresAt')}`,
      ExpressionAttributeNames: names('used', 'capacity', 'closedAt', 'expiresAt'),
      ExpressionAttributeValues: values({ one: 1, now }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function putRecord({ tableName }: StoreContext, { record }: Reservation): TransactWriteItem {
  return { Put: { TableName: tableName, Item: certificateItem(record), ...ONLY_NEW } };
}

/** A key that is blocked at this moment gets no certificate, though it was not blocked when it was read. */
function ifNotBlocked({ tableName }: StoreContext, { record }: Reservation): TransactWriteItem {
  return {
    ConditionCheck: { TableName: tableName, Key: blockedKeyKey(record.publicKeySha256), ...ONLY_NEW },
  };
}
