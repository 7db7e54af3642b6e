import { INDEXES } from '../config/table.ts';
import type { IssuanceStore, OpenReservation, Page } from '../issuance/ports.ts';
import type { StoreContext } from './context.ts';
import { fromItem, type Item, names, values } from './expression.ts';
import { OPEN_SHARDS, openShard, serialNumberOf } from './keys.ts';
import { queryOnce } from './query-items.ts';

/** Where the walk through one shard of the index goes on: behind this key of the index, or at its beginning. */
interface Walk {
  readonly shard: number;
  readonly after?: Item | undefined;
}

const FROM_THE_BEGINNING: readonly Walk[] = Array.from({ length: OPEN_SHARDS }, (_, shard) => ({ shard }));

/**
 * Reservations that are open since before `before`, oldest first within a page; one query for each shard of the index
 * that has more. The cursor is for this walk only and never leaves the service.
 */
export async function openReservations(
  context: StoreContext,
  { before, limit, cursor }: Parameters<IssuanceStore['openReservations']>[0],
): Promise<Page<OpenReservation>> {
  const walks: readonly Walk[] = cursor === undefined ? FROM_THE_BEGINNING : JSON.parse(cursor);
  const { partition, sort, name } = INDEXES.openByAge;
  const answers = await Promise.all(
    walks.map(async ({ shard, after }) => {
      const { items, stoppedAt } = await queryOnce(context, {
        IndexName: name,
        KeyConditionExpression: `#${partition} = :shard AND #${sort} < :before`,
        ExpressionAttributeNames: names(partition, sort),
        ExpressionAttributeValues: values({ shard: openShard(shard), before }),
        Limit: limit,
        ExclusiveStartKey: after,
      });
      return { items, rest: stoppedAt && { shard, after: stoppedAt } };
    }),
  );
  const rest = answers.flatMap((answer) => answer.rest ?? []);
  return {
    items: answers.flatMap(({ items }) => items.map(openReservation)).sort(byAge),
    cursor: rest.length > 0 ? JSON.stringify(rest) : undefined,
  };
}

function openReservation(item: Item): OpenReservation {
  const { reservedAt } = fromItem<Pick<OpenReservation, 'reservedAt'>>(item);
  return { serialNumber: serialNumberOf(item), reservedAt };
}

function byAge(a: OpenReservation, b: OpenReservation): number {
  return a.reservedAt - b.reservedAt;
}
