import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Replacement } from '../domain/replacement.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { Replacements } from '../rotation/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, values } from './expression.ts';
import { queryAll } from './query-items.ts';

/** Mass replacements in DynamoDB: one small partition, in order of time. */
export function dynamoReplacements(options: StoreOptions): Replacements {
  const context = storeContext(options);
  return {
    replacements: async () => {
      const items = await queryAll(context, {
        KeyConditionExpression: '#pk = :replacement',
        ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
        ExpressionAttributeValues: values({ replacement: PARTITIONS.replacement }),
        ConsistentRead: true,
      });
      return items.map(replacement);
    },
  };
}

function replacement(item: Item): Replacement {
  const { id, selector, createdAt, createdBy, by } = fromItem<Replacement>(item);
  return { id, selector: withoutUndefined(selector), createdAt, createdBy, by };
}
