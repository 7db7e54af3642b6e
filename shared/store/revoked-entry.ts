import type { Put } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY, TTL_ATTRIBUTE } from '../config/table.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Revocation, RevokedEntry } from '../domain/revocation.ts';
import { listShardOf } from '../domain/revocation-points.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { RevokedCertificates } from '../revocation/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, toItem, values } from './expression.ts';
import { revokedKey, revokedPartition, revokedTtl } from './keys.ts';
import { queryOnce } from './query-items.ts';

/** An entry of a revocation list as it lies in the table, under its serial number. */
type StoredEntry = Omit<RevokedEntry, 'serialNumber'>;

/** What the revocation lists are made of, in DynamoDB: one query reads one shard's list. */
export function dynamoRevokedCertificates(options: StoreOptions): RevokedCertificates {
  const context = storeContext(options);
  return { revokedEntries: (issuerId, shard) => revokedEntries(context, issuerId, shard) };
}

/** The entry of a certificate that was not revoked before. */
export function putRevokedEntry(
  { tableName }: StoreContext,
  record: CertificateRecord,
  revocation: Pick<Revocation, 'revokedAt' | 'reason'>,
): Put {
  return {
    TableName: tableName,
    Item: revokedEntryOf(record, revocation),
    ConditionExpression: 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
  };
}

/** The item of a certificate's entry. */
export function revokedEntryOf(
  record: CertificateRecord,
  { revokedAt, reason }: Pick<Revocation, 'revokedAt' | 'reason'>,
): Item {
  const { serialNumber, issuerId, validity } = record;
  const entry = { serialNumber, revokedAt, reason, notAfter: validity.notAfter };
  return revokedEntryItem(issuerId, listShardOf(record), entry);
}

/** The item of an entry. */
export function revokedEntryItem(
  issuerId: string,
  shard: number,
  { serialNumber, revokedAt, reason, notAfter }: RevokedEntry,
): Item {
  const stored: StoredEntry = { revokedAt, reason, notAfter };
  return {
    ...revokedKey(issuerId, shard, serialNumber),
    ...toItem({ ...stored, [TTL_ATTRIBUTE]: revokedTtl(notAfter) }),
  };
}

async function* revokedEntries(
  context: StoreContext,
  issuerId: string,
  shard: number,
): AsyncGenerator<readonly RevokedEntry[]> {
  let from: Item | undefined;
  do {
    const { items, stoppedAt } = await queryOnce(context, {
      KeyConditionExpression: '#pk = :partition',
      ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
      ExpressionAttributeValues: values({ partition: revokedPartition(issuerId, shard) }),
      ConsistentRead: true,
      ExclusiveStartKey: from,
    });
    yield items.map(revokedEntry);
    from = stoppedAt;
  } while (from !== undefined);
}

function revokedEntry(item: Item): RevokedEntry {
  const { revokedAt, reason, notAfter } = fromItem<StoredEntry>(item);
  return { serialNumber: (item[TABLE_KEY.sort]?.S ?? '') as SerialNumber, revokedAt, reason, notAfter };
}
