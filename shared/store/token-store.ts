import { TABLE_KEY } from '../config/table.ts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import type { Instant } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { TokenStore } from '../issuance/ports.ts';
import { transact } from './contention.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { names, values } from './expression.ts';
import { tokenKey, useSlotKey } from './keys.ts';
import { countUses, listTokens } from './list-tokens.ts';
import { readItem } from './read-items.ts';
import { bootstrapToken, tokenItem, useSlotItem, useSlots } from './token-item.ts';
import { updateItem } from './update-item.ts';

/** Bootstrap tokens in DynamoDB. */
export function dynamoTokenStore(options: StoreOptions): TokenStore {
  const context = storeContext(options);
  return {
    createToken: (token) => createToken(context, token),
    token: async (id) => (await countUses(context, [id]))[0],
    listTokens: (query) => listTokens(context, query),
    revokeToken: (id, now) => revokeToken(context, id, now),
  };
}

/** The token and its use counters, in one transaction. */
async function createToken(context: StoreContext, token: BootstrapToken): Promise<void> {
  const items = [tokenItem(token), ...useSlots(token).map((slot) => useSlotItem(token, slot))];
  const refusal = await transact(
    context,
    items.map((Item) => ({
      Put: {
        TableName: context.tableName,
        Item,
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
      },
    })),
  );
  if (refusal)
    throw new AppError('try_again', 'The token id is taken. Send the same request again.', {
      retryAfterSeconds: 1,
    });
}

/**
 * Closes the token, then each of its counters; once this returns, no reservation gets through.
 *
 * Not one transaction: that would need all items to be free of others' transactions at the same moment, which never
 * happens while a leaked token is being used up. The token itself is in no other transaction, so the first write stops
 * every request that reads it from then on; the counters stop those that had read it before.
 */
async function revokeToken(context: StoreContext, id: string, now: Instant): Promise<boolean> {
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
