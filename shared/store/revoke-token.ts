import type { Instant } from '../domain/instant.ts';
import type { StoreContext } from './context.ts';
import { names, values } from './expression.ts';
import { tokenKey, useSlotKey } from './keys.ts';
import { readItem } from './read-items.ts';
import { bootstrapToken, useSlots } from './token-item.ts';
import { updateItem } from './update-item.ts';

/**
 * Closes the token, then each of its counters; once this returns, no reservation gets through.
 *
 * Not one transaction: that would need all items to be free of others' transactions at the same moment, which never
 * happens while a leaked token is being used up. The token itself is in no other transaction, so the first write stops
 * every request that reads it from then on; the counters stop those that had read it before.
 */
export async function revokeToken(context: StoreContext, id: string, now: Instant): Promise<boolean> {
  const item = await readItem(context, tokenKey(id));
  if (item === undefined) return false;
  const { applied } = await updateItem(context, {
    Key: tokenKey(id),
    UpdateExpression: 'SET #revokedAt = if_not_exists(#revokedAt, :now)',
    ConditionExpression: 'attribute_exists(#id)',
    ExpressionAttributeNames: names('revokedAt', 'id'),
    ExpressionAttributeValues: values({ now }),
  });
  await Promise.all(
    useSlots(bootstrapToken(item)).map((slot) =>
      updateItem(context, {
        Key: useSlotKey(id, slot),
        UpdateExpression: 'SET #closedAt = if_not_exists(#closedAt, :now)',
        ConditionExpression: 'attribute_exists(#capacity)',
        ExpressionAttributeNames: names('closedAt', 'capacity'),
        ExpressionAttributeValues: values({ now }),
      }),
    ),
  );
  return applied;
}
