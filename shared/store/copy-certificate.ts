import type { Put, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { alternativeNames } from '../domain/exclusive-name.ts';
import type { Revocation } from '../domain/revocation.ts';
import { AppError } from '../errors/app-error.ts';
import { certificateItem } from './certificate-item.ts';
import { transact } from './contention.ts';
import { fromItem, type Item, names, toItem, values } from './expression.ts';
import {
  alternativeNameKey,
  certificateKey,
  historyPartition,
  type Key,
  nameKey,
  ocspKey,
  renewalReservationKey,
  reservationKey,
} from './keys.ts';
import { queryAll } from './query-items.ts';
import type { MergedTables } from './read-for-merge.ts';
import { readItem, readItems } from './read-items.ts';
import { revokedEntryOf } from './revoked-entry.ts';
import { stillIn } from './state-condition.ts';

/**
 * Copies a certificate with all that belongs to it, in one transaction.
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
  const { serialNumber, tokenId, publicKeySha256 } = record;
  const key = certificateKey(serialNumber);
  // What was never finished counts as revoked, if its certificate was ever signed.
  const Item =
    voided === undefined
      ? await readItem(from, key)
      : certificateItem({ ...record, state: 'VOID', revocation: voided });
  if (Item === undefined) return;
  const revocation = voided ?? record.revocation;
  const loose = [
    ...(await historyOf(tables, record)),
    ...(await itemsAt(tables, [
      reservationKey(tokenId, publicKeySha256),
      renewalReservationKey(tokenId, publicKeySha256, serialNumber),
    ])),
    ...(revocation === undefined ? [] : [revokedEntryOf(record, revocation)]),
  ];
  const refusal = await transact(to, [
    { Put: { TableName, Item, ...stillIn(restored?.state) } },
    { Delete: { TableName, Key: ocspKey(serialNumber) } },
    ...loose.map((item) => ({ Put: { TableName, Item: item } })),
    ...(await claims(tables, record)),
  ]);
  if (refusal !== undefined) throw changedMeanwhile(serialNumber);
}

/** The merge ends with it, so that it opens nothing that it did not take over. */
export function changedMeanwhile(what: string): AppError {
  return new AppError('try_again', `${what} was changed while it was merged. Invoke the merge again.`);
}

async function historyOf(
  { from }: MergedTables,
  { serialNumber }: CertificateRecord,
): Promise<readonly Item[]> {
  return queryAll(from, {
    KeyConditionExpression: '#pk = :partition',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ partition: historyPartition(serialNumber) }),
    ConsistentRead: true,
  });
}

async function itemsAt({ from }: MergedTables, keys: readonly Key[]): Promise<readonly Item[]> {
  const find = await readItems(from, keys);
  return keys.map(find).filter((item) => item !== undefined);
}

/** Who holds a name, in either table. */
interface Claims {
  readonly version: number;
  readonly holders: readonly unknown[];
  readonly blocked?: readonly string[];
}

/**
 * Who holds its names, where that changed since. A block of the restored table stays; versions only grow, so that a merge
 * that runs again finds nothing to do.
 */
async function claims(
  { from, to }: MergedTables,
  record: CertificateRecord,
): Promise<readonly TransactWriteItem[]> {
  const exclusive = record.exclusiveDns ? alternativeNames(record).map(alternativeNameKey) : [];
  const keys = [nameKey(record.name), ...exclusive];
  const [before, there] = await Promise.all([readItems(from, keys), readItems(to, keys)]);
  return keys.flatMap((key) => {
    const [former, restored] = [before(key), there(key)];
    if (former === undefined) return [];
    const put = putClaims(
      to.tableName,
      key,
      fromItem<Claims>(former),
      restored && fromItem<Claims>(restored),
    );
    return put === undefined ? [] : [{ Put: put }];
  });
}

function putClaims(
  TableName: string,
  key: Key,
  former: Claims,
  restored: Claims | undefined,
): Put | undefined {
  if (restored !== undefined && restored.version > former.version) return undefined;
  const blocked = [...new Set([...(former.blocked ?? []), ...(restored?.blocked ?? [])])];
  const next = {
    version: former.version + 1,
    holders: former.holders,
    ...(former.blocked === undefined ? {} : { blocked }),
  };
  const Item = { ...key, ...toItem(next) };
  if (restored === undefined)
    return {
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    };
  return {
    TableName,
    Item,
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: names('version'),
    ExpressionAttributeValues: values({ before: restored.version }),
  };
}
