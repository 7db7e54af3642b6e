import type { Put } from '@aws-sdk/client-dynamodb';
import { PARTITIONS, TABLE_KEY, TTL_ATTRIBUTE } from '../config/table.ts';
import type { AdditionalRootChange } from '../domain/additional-root.ts';
import { DAY } from '../domain/duration.ts';
import { plus } from '../domain/instant.ts';
import type { AuthorityEventLog, PublishedEvents } from '../rotation/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, toItem, values } from './expression.ts';
import { additionalRootChangesKey, publishedEventsKey } from './keys.ts';
import { queryAll } from './query-items.ts';
import { transact } from './transact.ts';
import { versionedPut } from './versioned-put.ts';

/** How long the publisher of events may fail before it misses changes of additional roots. */
const KEPT_SECONDS = 90 * DAY;

/** What events about the authority are made of, in DynamoDB: one small partition. */
export function dynamoAuthorityEventLog(options: StoreOptions): AuthorityEventLog {
  const context = storeContext(options);
  return {
    readEventLog: async () => {
      const items = await queryAll(context, {
        KeyConditionExpression: '#pk = :event',
        ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
        ExpressionAttributeValues: values({ event: PARTITIONS.event }),
        ConsistentRead: true,
      });
      const isPublished = (item: Item) => item[TABLE_KEY.sort]?.S === publishedEventsKey[TABLE_KEY.sort].S;
      return {
        changes: items.filter((item) => !isPublished(item)).flatMap(changesOf),
        published: publishedEvents(items.find(isPublished)),
      };
    },
    notePublished: async (next) => {
      await transact(context, [{ Put: versionedPut(context, publishedEventsKey, next) }]);
    },
  };
}

/** Part of the transaction that makes a version of the additional roots. */
export function putAdditionalRootChanges(
  { tableName: TableName }: StoreContext,
  version: number,
  changes: readonly [AdditionalRootChange, ...AdditionalRootChange[]],
): Put {
  const stored = { changes, [TTL_ATTRIBUTE]: plus(changes[0].at, KEPT_SECONDS) };
  return {
    TableName,
    Item: { ...additionalRootChangesKey(version), ...toItem(stored) },
    ConditionExpression: 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
  };
}

function changesOf(item: Item): readonly AdditionalRootChange[] {
  return fromItem<{ readonly changes: readonly AdditionalRootChange[] }>(item).changes;
}

function publishedEvents(item: Item | undefined): PublishedEvents {
  if (item === undefined) return { version: 0, ids: [] };
  const { version, ids } = fromItem<PublishedEvents>(item);
  return { version, ids };
}
