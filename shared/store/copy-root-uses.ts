import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { StoreContext } from './context.ts';
import { type Item, names, values } from './expression.ts';
import { queryAll } from './query-items.ts';
import type { MergedTables } from './read-for-merge.ts';
import { transact } from './transact.ts';

/**
 * Copies the uses of the roots' keys that the restored table lacks, or has as begun only. Nothing leaves this record, and a
 * use has the same place in both tables: it may be copied twice. A root has some hundred uses in its life.
 *
 * @param apply whether anything is written. @returns how many are copied.
 */
export async function copyRootUses({ from, to }: MergedTables, apply: boolean): Promise<number> {
  const [before, there] = await Promise.all([rootUses(from), rootUses(to)]);
  const ended = new Set(there.filter((item) => 'outcome' in item).map(placeOf));
  const begun = new Set(there.map(placeOf));
  const missing = before.filter(
    (item) => !ended.has(placeOf(item)) && ('outcome' in item || !begun.has(placeOf(item))),
  );
  if (apply)
    for (const Item of missing)
      await transact(to, [
        {
          Put: {
            TableName: to.tableName,
            Item,
            ConditionExpression: 'attribute_not_exists(#pk) OR attribute_not_exists(#outcome)',
            ExpressionAttributeNames: { '#pk': TABLE_KEY.partition, ...names('outcome') },
          },
        },
      ]);
  return missing.length;
}

function rootUses(context: StoreContext): Promise<readonly Item[]> {
  return queryAll(context, {
    KeyConditionExpression: '#pk = :ceremony',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ ceremony: PARTITIONS.ceremony }),
    ConsistentRead: true,
  });
}

function placeOf(item: Item): string {
  return item[TABLE_KEY.sort]?.S ?? '';
}
