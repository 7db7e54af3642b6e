import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY, TTL_ATTRIBUTE } from '../config/table.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { ExclusiveName } from '../domain/exclusive-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { NameRecord } from '../domain/name-record.ts';
import { type Revocation, SERVICE } from '../domain/revocation.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { StoreContext } from './context.ts';
import { putExclusiveName } from './exclusive-name-item.ts';
import { names, over, values } from './expression.ts';
import { putEvent } from './history.ts';
import { certificateKey, renewalReservationKey, reservationKey, tokenTtl, useSlotKey } from './keys.ts';
import { markRevoked } from './mark-revoked.ts';
import { putName } from './name-item.ts';
import { putRevokedEntry } from './revoked-entry.ts';
import { transact } from './transact.ts';

/** Gives up what was reserved and never finished, in one transaction. */
export async function voidReservation(
  context: StoreContext,
  record: CertificateRecord,
  name: NameRecord | undefined,
  exclusive: readonly ExclusiveName[],
  now: Instant,
): Promise<'voided' | 'changed'> {
  const refusal = await transact(context, [
    voidRecord(context, record, now),
    ...(record.predecessor === undefined
      ? [giveUseBack(context, record, now), deleteReservation(context, record)]
      : withoutSuccessor(context, record, record.predecessor, now)),
    { Put: putRevokedEntry(context, record, abandoned(now)) },
    { Put: putEvent(context, record.serialNumber, { event: 'voided', at: now, by: SERVICE }) },
    ...(name === undefined ? [] : [{ Put: putName(context, name) }]),
    ...exclusive.map((one) => ({ Put: putExclusiveName(context, one) })),
  ]);
  return refusal === undefined ? 'voided' : 'changed';
}

/** The revocation of what nobody may have signed, and nobody asked to be revoked. */
function abandoned(now: Instant): Revocation {
  return { revokedAt: now, reason: 'unspecified', revokedBy: SERVICE };
}

/** RESERVED becomes VOID; not while somebody may be signing it. */
function voidRecord(
  context: StoreContext,
  { serialNumber, validity }: CertificateRecord,
  now: Instant,
): TransactWriteItem {
  const revocation = abandoned(now);
  return {
    Update: markRevoked(context, { serialNumber, validity, state: 'RESERVED' }, revocation, {
      condition: over('leaseUntil'),
      attributes: ['leaseUntil'],
      values: { now },
    }),
  };
}

/**
 * What a renewal wrote beside the record; it was not counted on the token. As long as its successor is reserved, a record
 * names it, so that the condition holds.
 */
function withoutSuccessor(
  context: StoreContext,
  { serialNumber, tokenId, publicKeySha256 }: CertificateRecord,
  predecessor: SerialNumber,
  now: Instant,
): readonly TransactWriteItem[] {
  const { tableName: TableName } = context;
  const Key = renewalReservationKey(tokenId, publicKeySha256, serialNumber);
  const event = { event: 'successorVoided', at: now, by: SERVICE, successor: serialNumber } as const;
  return [
    {
      Update: {
        TableName,
        Key: certificateKey(predecessor),
        UpdateExpression: 'REMOVE #successor, #successorKey',
        ConditionExpression: '#successor = :successor',
        ExpressionAttributeNames: names('successor', 'successorKey'),
        ExpressionAttributeValues: values({ successor: serialNumber }),
      },
    },
    { Put: putEvent(context, predecessor, event) },
    { Delete: { TableName, Key } },
  ];
}

/**
 * Unconditional: the record's condition covers it. Where the counter was cleaned up long ago, this leaves a counter that
 * no reservation can use (it has no capacity) and that goes away by itself; a condition would keep the record open
 * for ever instead.
 */
function giveUseBack(
  { tableName }: StoreContext,
  { tokenId, useSlot }: CertificateRecord,
  now: Instant,
): TransactWriteItem {
  return {
    Update: {
      TableName: tableName,
      Key: useSlotKey(tokenId, useSlot),
      UpdateExpression: 'SET #ttl = if_not_exists(#ttl, :ttl) ADD #used :back',
      ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE, ...names('used') },
      ExpressionAttributeValues: values({ back: -1, ttl: tokenTtl(now) }),
    },
  };
}

function deleteReservation(
  { tableName }: StoreContext,
  { tokenId, publicKeySha256, serialNumber }: CertificateRecord,
): TransactWriteItem {
  return {
    Delete: {
      TableName: tableName,
      Key: reservationKey(tokenId, publicKeySha256),
      ConditionExpression: 'attribute_not_exists(#pk) OR #serialNumber = :serialNumber',
      ExpressionAttributeNames: { '#pk': TABLE_KEY.partition, ...names('serialNumber') },
      ExpressionAttributeValues: values({ serialNumber }),
    },
  };
}
