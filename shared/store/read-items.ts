import { BatchGetItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import { Contention, withRetries } from './contention.ts';
import type { StoreContext } from './context.ts';
import { type Item, names } from './expression.ts';
import type { Key } from './keys.ts';

/** One item, consistently. */
export function readItem(context: StoreContext, key: Key): Promise<Item | undefined> {
  const { client, tableName: TableName } = context;
  return withRetries(context, async () => {
    const answer = await client.send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }));
    return answer.Item;
  });
}

/** BatchGetItem takes 100 keys at most. */
const BATCH = 100;

/**
 * Items by key, consistently, in one round trip for each 100 keys; what DynamoDB leaves over is requested again. Returns
 * a look-up: undefined for items that do not exist.
 *
 * @param attributes the ones to read besides the keys. @default - all
 */
export async function readItems(
  context: StoreContext,
  keys: readonly Key[],
  attributes?: readonly string[],
): Promise<(key: Key) => Item | undefined> {
  const batches: (readonly Key[])[] = [];
  for (let at = 0; at < keys.length; at += BATCH) batches.push(keys.slice(at, at + BATCH));
  const found = await Promise.all(batches.map((batch) => readBatch(context, batch, attributes)));
  const byKey = new Map(found.flat().map((item) => [textOf(item), item]));
  return (key) => byKey.get(textOf(key));
}

async function readBatch(
  context: StoreContext,
  keys: readonly Key[],
  attributes: readonly string[] | undefined,
): Promise<readonly Item[]> {
  const { client, tableName } = context;
  const projection = attributes === undefined ? {} : projectionOf(attributes);
  const found: Item[] = [];
  let left: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
  await withRetries(context, async () => {
    const answer = await client.send(
      new BatchGetItemCommand({
        RequestItems: { [tableName]: { Keys: left as Key[], ConsistentRead: true, ...projection } },
      }),
    );
    found.push(...(answer.Responses?.[tableName] ?? []));
    left = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
    if (left.length > 0) throw new Contention('UnprocessedKeys');
  });
  return found;
}

function projectionOf(attributes: readonly string[]) {
  const all = names(...Object.values(TABLE_KEY), ...attributes);
  return { ProjectionExpression: Object.keys(all).join(), ExpressionAttributeNames: all };
}

function textOf(item: Item | Key): string {
  return `${item[TABLE_KEY.partition]?.S}\n${item[TABLE_KEY.sort]?.S}`;
}
