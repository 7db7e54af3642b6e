import { TABLE_KEY } from '../config/table.ts';
import { type CertificateRecord, wasGivenUp } from '../domain/certificate-record.ts';
import type { Revocation } from '../domain/revocation.ts';
import { AppError } from '../errors/app-error.ts';
import { certificateItem } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { copyClaims } from './copy-claims.ts';
import type { StoredReservation } from './enrollment-view.ts';
import { fromItem, type Item, values } from './expression.ts';
import { certificateKey, historyPartition, ocspKey, renewalReservationKey, reservationKey } from './keys.ts';
import { queryAll } from './query-items.ts';
import type { MergedTables } from './read-for-merge.ts';
import { readItem, readItems } from './read-items.ts';
import { revokedEntryOf } from './revoked-entry.ts';
import { stillIn } from './state-condition.ts';
import { transact } from './transact.ts';
import { useGivenBack, withoutTraces } from './without-traces.ts';

/**
 * Copies a certificate with all that belongs to it: its history first, which may be longer than a transaction, and the rest
 * in one transaction. What was given up leaves nothing behind that a later request would find.
 *
 * @throws AppError `try_again` where the record in the restored table, or who holds its names, was changed meanwhile.
 */
export async function copyCertificate(
  tables: MergedTables,
  record: CertificateRecord,
  restored: CertificateRecord | undefined,
  voided: Revocation | undefined,
): Promise<void> {
  const { from, to } = tables;
  const { tableName: TableName } = to;
  const { serialNumber } = record;
  // What was never finished counts as revoked, if its certificate was ever signed.
  const merged: CertificateRecord =
    voided === undefined ? record : { ...record, state: 'VOID', revocation: voided };
  const Item = voided === undefined ? await copyOf(from, record) : certificateItem(merged);
  if (Item === undefined) return;
  const { revocation } = merged;
  const isGivenUp = wasGivenUp(merged);
  await copyHistory(tables, record);
  const loose = [
    ...(isGivenUp ? [] : await reservationsOf(tables, record)),
    ...(revocation === undefined ? [] : [revokedEntryOf(record, revocation)]),
  ];
  const refusal = await transact(to, [
    { Put: { TableName, Item, ...stillIn(restored?.state) } },
    { Delete: { TableName, Key: ocspKey(serialNumber) } },
    ...loose.map((item) => ({ Put: { TableName, Item: item } })),
    ...(isGivenUp ? await withoutTraces(to, record) : []),
    ...(voided === undefined ? [] : await useGivenBack(to, record)),
    ...(await copyClaims(tables, record, isGivenUp)),
  ]);
  if (refusal !== undefined) throw changedMeanwhile(serialNumber);
}

/** The record as it lies in the table, without a successor that is not taken over. */
async function copyOf(
  from: StoreContext,
  { serialNumber, successor }: CertificateRecord,
): Promise<Item | undefined> {
  const item = await readItem(from, certificateKey(serialNumber));
  if (item === undefined || successor !== undefined) return item;
  const { successor: _, successorKey: _key, successorConfirmedAt: _at, ...rest } = item;
  return rest;
}

/** The merge ends with it, so that it opens nothing that it did not take over. */
export function changedMeanwhile(what: string): AppError {
  return new AppError('try_again', `${what} was changed while it was merged. Invoke the merge again.`);
}

/** DynamoDB: a transaction has 100 items at most. */
const BATCH = 100;

/** A history is only ever added to, and an event always has the same place: it may be copied twice, and ahead. */
async function copyHistory({ from, to }: MergedTables, { serialNumber }: CertificateRecord): Promise<void> {
  const events = await queryAll(from, {
    KeyConditionExpression: '#pk = :partition',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ partition: historyPartition(serialNumber) }),
    ConsistentRead: true,
  });
  for (let at = 0; at < events.length; at += BATCH)
    await transact(
      to,
      events.slice(at, at + BATCH).map((Item) => ({ Put: { TableName: to.tableName, Item } })),
    );
}

/** By which the token and key, or the renewal, find this certificate again. */
async function reservationsOf(
  { from }: MergedTables,
  { serialNumber, tokenId, publicKeySha256 }: CertificateRecord,
): Promise<readonly Item[]> {
  const keys = [
    reservationKey(tokenId, publicKeySha256),
    renewalReservationKey(tokenId, publicKeySha256, serialNumber),
  ];
  const find = await readItems(from, keys);
  return keys
    .map(find)
    .filter((item) => item !== undefined)
    .filter((item) => fromItem<StoredReservation>(item).serialNumber === serialNumber);
}
