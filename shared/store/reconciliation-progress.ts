import { hasTwoRegions } from '../config/two-regions.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { ReconciliationProgress } from '../rotation/ports.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { fromItem, values } from './expression.ts';
import { reconciliationKey } from './keys.ts';
import { readItem } from './read-items.ts';
import { updateItem } from './update-item.ts';

/**
 * How far the signatures were reconciled, in DynamoDB: one item; with two Regions one for each, which only that Region writes.
 *
 * @param twoRegions whether the deployment has two. @default - what the environment of the function says
 */
export function dynamoReconciliationProgress(
  options: StoreOptions,
  twoRegions = hasTwoRegions(),
): ReconciliationProgress {
  const context = storeContext(options);
  const key = async () => reconciliationKey(twoRegions ? await context.client.config.region() : undefined);
  return {
    readProgress: async () => {
      const item = await readItem(context, await key());
      if (item === undefined) return {};
      const { early, late } = fromItem<Awaited<ReturnType<ReconciliationProgress['readProgress']>>>(item);
      return withoutUndefined({ early, late });
    },
    noteProgress: async (pass, until) => {
      await updateItem(context, {
        Key: await key(),
        UpdateExpression: 'SET #pass = :until',
        ConditionExpression: 'attribute_not_exists(#pass) OR #pass < :until',
        ExpressionAttributeNames: { '#pass': pass },
        ExpressionAttributeValues: values({ until }),
      });
    },
  };
}
