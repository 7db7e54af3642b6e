import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { INDEXES } from '../config/table.ts';
import { withRetries } from './contention.ts';
import type { StoreContext } from './context.ts';
import type { Item } from './expression.ts';

export type Query = Omit<QueryCommandInput, 'TableName'>;

/** What one query read. */
export interface QueryAnswer {
  readonly items: readonly Item[];
  /** How many items match, also where only they are asked for. */
  readonly count: number;
  /** How many items it looked at, before any filter. */
  readonly lookedAt: number;
  /** Where it stopped before the end of what it asks for: what lies behind this key is unread. */
  readonly stoppedAt: Item | undefined;
}

/** One round trip: at most 1 MB or `Limit` items, counted before any filter. */
export async function queryOnce(context: StoreContext, query: Query): Promise<QueryAnswer> {
  const command = new QueryCommand({ TableName: context.tableName, ...query });
  const answer = await withRetries(context, () => context.client.send(command));
  return {
    items: answer.Items ?? [],
    count: answer.Count ?? 0,
    lookedAt: answer.ScannedCount ?? 0,
    stoppedAt: answer.LastEvaluatedKey,
  };
}

/** All items of the query, in as many round trips as it takes. For what is known to be small. */
export async function queryAll(context: StoreContext, query: Query): Promise<readonly Item[]> {
  const found: Item[] = [];
  let from: Item | undefined;
  do {
    const { items, stoppedAt } = await queryOnce(context, { ...query, ExclusiveStartKey: from });
    found.push(...items);
    from = stoppedAt;
  } while (from !== undefined);
  return found;
}

/** Where an item, or the key of one, lies in the listing indexes. */
export function positionOf(item: Item): string {
  return item[INDEXES.certificatesByExpiry.sort]?.S ?? '';
}
