import { TABLE_KEY } from '../config/table.ts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import { AppError } from '../errors/app-error.ts';
import type { TokenStore } from '../issuance/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { countUses, listTokens } from './list-tokens.ts';
import { revokeToken } from './revoke-token.ts';
import { tokenItem, useSlotItem, useSlots } from './token-item.ts';
import { transact } from './transact.ts';

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
