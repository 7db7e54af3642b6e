import { INDEXES } from '../config/table.ts';
import type { Instant } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { StoreContext } from './context.ts';
import { fromItem, names, values } from './expression.ts';
import { OPEN_SHARDS, openShard, serialNumberOf } from './keys.ts';
import { queryOnce } from './query-items.ts';

/** Reservations that are open since before `before`, oldest first; one query for each shard of the index. */
export async function openReservations(
  context: StoreContext,
  before: Instant,
  limit: number,
): Promise<readonly SerialNumber[]> {
  const { partition, sort, name } = INDEXES.openByAge;
  const answers = await Promise.all(
    Array.from({ length: OPEN_SHARDS }, (_, shard) =>
      queryOnce(context, {
        IndexName: name,
        KeyConditionExpression: `#${partition} = :shard AND #${sort} < :before`,
        ExpressionAttributeNames: names(partition, sort),
        ExpressionAttributeValues: values({ shard: openShard(shard), before }),
        Limit: limit,
      }),
    ),
  );
  return answers
    .flatMap(({ items }) => items)
    .map((item) => ({ ...fromItem<{ reservedAt: Instant }>(item), serialNumber: serialNumberOf(item) }))
    .sort((a, b) => a.reservedAt - b.reservedAt)
    .slice(0, limit)
    .map(({ serialNumber }) => serialNumber);
}
