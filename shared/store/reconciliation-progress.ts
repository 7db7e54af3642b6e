import { withoutUndefined } from '../domain/without-undefined.ts';
import type { Pass, ReconciliationProgress } from '../rotation/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { fromItem, values } from './expression.ts';
import { reconciliationKey } from './keys.ts';
import { readItem } from './read-items.ts';
import { updateItem } from './update-item.ts';

/** How far the signatures were reconciled, in DynamoDB: one item. */
export function dynamoReconciliationProgress(options: StoreOptions): ReconciliationProgress {
  const context = storeContext(options);
  return {
    readProgress: async () => {
      const item = await readItem(context, reconciliationKey);
      if (item === undefined) return {};
      const { early, late } = fromItem<Awaited<ReturnType<ReconciliationProgress['readProgress']>>>(item);
      return withoutUndefined({ early, late });
    },
    noteProgress: async (pass: Pass, until) => {
      await updateItem(context, {
        Key: reconciliationKey,
        UpdateExpression: 'SET #pass = :until',
        ConditionExpression: 'attribute_not_exists(#pass) OR #pass < :until',
        ExpressionAttributeNames: { '#pass': pass },
        ExpressionAttributeValues: values({ until }),
      });
    },
  };
}
