import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { ArchivedCertificates, ArchiveEntry, ArchivePlace, ArchivingLedger } from '../archive/ports.ts';
import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { DAY } from '../domain/duration.ts';
import { type Instant, isOver, plus } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { itemsOf, lineOf } from './archive-line.ts';
import { certificateRecord } from './certificate-item.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, names, toItem } from './expression.ts';
import { certificateEvent, historyItems } from './history.ts';
import { archivedKey, certificateKey, deploymentKey } from './keys.ts';
import { listByExpiry } from './list-certificates.ts';
import { readItem, readItems } from './read-items.ts';
import { administratorDeployment } from './record-deployment.ts';
import { transact } from './transact.ts';

/** Longer than a certificate is renewed or confirmed after its expiry (setting `renewal.graceDays`, 30 at most). */
const NEEDED_SECONDS = 31 * DAY;

/** A transaction has 100 items at most, of which one is the note. */
const MOST_ITEMS = 99;

/** Histories that are read at the same time. */
const CONCURRENCY = 10;

/** The ledger in DynamoDB, for what leaves it. */
export function dynamoArchivingLedger(options: StoreOptions): ArchivingLedger {
  const context = storeContext(options);
  return {
    expired: ({ before, cursor, ...query }) =>
      listByExpiry(context, {
        ...query,
        expiresBefore: before,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    entries: (serialNumbers, before, now) => entries(context, serialNumbers, before, now),
    move: (entry, place) => move(context, entry, place),
  };
}

/** The ledger in DynamoDB, for what has left it. */
export function dynamoArchivedCertificates(options: StoreOptions): ArchivedCertificates {
  const context = storeContext(options);
  return {
    place: async (serialNumber) => {
      const item = await readItem(context, archivedKey(serialNumber));
      if (item === undefined) return undefined;
      const { object, archivedAt } = fromItem<ArchivePlace>(item);
      return { object, archivedAt };
    },
    read: (line, { archivedAt }) => {
      const items = itemsOf(line);
      const of = (kind: string) => items.filter((item) => item[TABLE_KEY.partition]?.S?.startsWith(kind));
      const [record] = of(PARTITIONS.certificate);
      const [deployment] = of(PARTITIONS.deployment);
      return {
        record: {
          ...certificateRecord(record ?? {}),
          administratorDeployment: deployment && administratorDeployment(deployment),
          archivedAt,
        },
        events: of(PARTITIONS.history).map(certificateEvent),
      };
    },
  };
}

async function entries(
  context: StoreContext,
  serialNumbers: readonly SerialNumber[],
  before: Instant,
  now: Instant,
): Promise<readonly ArchiveEntry[]> {
  const find = await readItems(context, [
    ...serialNumbers.map(certificateKey),
    ...serialNumbers.map(deploymentKey),
  ]);
  const records = serialNumbers.flatMap((serialNumber) => {
    const item = find(certificateKey(serialNumber));
    return item === undefined ? [] : [{ item, record: certificateRecord(item) }];
  });
  const due = records.filter(
    ({ record: { state, validity } }) => state !== 'RESERVED' && isOver(validity.notAfter, before),
  );
  const isNeeded = await neededAmong(
    context,
    due.map(({ record }) => record),
    now,
  );
  const leaving = due.filter(({ record }) => !isNeeded(record));
  const found: ArchiveEntry[] = [];
  for (let i = 0; i < leaving.length; i += CONCURRENCY) {
    const chunk = leaving.slice(i, i + CONCURRENCY).map(async ({ item, record: { serialNumber } }) => {
      const deployment = find(deploymentKey(serialNumber));
      const history = await historyItems(context, serialNumber);
      const items = [item, ...(deployment === undefined ? [] : [deployment]), ...history];
      return items.length > MOST_ITEMS ? [] : [{ serialNumber, line: lineOf(serialNumber, items) }];
    });
    found.push(...(await Promise.all(chunk)).flat());
  }
  return found;
}

/** While a successor may be confirmed, renewed or asked for again, its predecessor's record is read for that. */
async function neededAmong(
  context: StoreContext,
  records: readonly CertificateRecord[],
  now: Instant,
): Promise<(record: CertificateRecord) => boolean> {
  const keys = records.flatMap(({ successor }) =>
    successor ? [certificateKey(successor.serialNumber)] : [],
  );
  const find = await readItems(context, keys, ['notAfter']);
  return ({ successor }) => {
    const item = successor && find(certificateKey(successor.serialNumber));
    if (item === undefined) return false;
    const { notAfter } = fromItem<{ readonly notAfter: Instant }>(item);
    return !isOver(plus(notAfter, NEEDED_SECONDS), now);
  };
}

/** What of a record may still change once it has expired. */
const CHANGES = ['revokedAt', 'successor', 'successorConfirmedAt'] as const;

async function move(
  context: StoreContext,
  { serialNumber, line }: ArchiveEntry,
  { object, archivedAt }: ArchivePlace,
): Promise<'moved' | 'changed'> {
  const { tableName: TableName } = context;
  const [record = {}, ...rest] = itemsOf(line);
  const place: ArchivePlace = { object, archivedAt };
  const refusal = await transact(context, [
    { Delete: { TableName, Key: keyOf(record), ...unchanged(record, ['state'], CHANGES) } },
    ...rest.map((item): TransactWriteItem => {
      const said = 'deployment' in item ? ['deployment'] : [];
      return { Delete: { TableName, Key: keyOf(item), ...unchanged(item, said, []) } };
    }),
    { Put: { TableName, Item: { ...archivedKey(serialNumber), ...toItem(place) } } },
  ]);
  return refusal === undefined ? 'moved' : 'changed';
}

function keyOf(item: Item): Item {
  return Object.fromEntries(
    Object.values(TABLE_KEY).flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The condition that the item is there, and says of these attributes what it said. @param perhaps some that it may lack */
function unchanged(item: Item, certainly: readonly string[], perhaps: readonly string[]) {
  const present = [...certainly, ...perhaps.filter((name) => name in item)];
  const absent = perhaps.filter((name) => !(name in item));
  const conditions = [
    `attribute_exists(#${TABLE_KEY.partition})`,
    ...present.map((name) => `#${name} = :${name}`),
    ...absent.map((name) => `attribute_not_exists(#${name})`),
  ];
  const values = Object.fromEntries(
    present.flatMap((name) => {
      const value = item[name];
      return value === undefined ? [] : [[`:${name}`, value]];
    }),
  );
  return {
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names(TABLE_KEY.partition, ...certainly, ...perhaps),
    ...(present.length === 0 ? {} : { ExpressionAttributeValues: values }),
  };
}
