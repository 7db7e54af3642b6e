import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import { AppError } from '../errors/app-error.ts';
import { withRetries } from './contention.ts';
import type { StoreContext } from './context.ts';
import { type Item, names, values } from './expression.ts';
import type { Key } from './keys.ts';
import { checkNotMoved } from './ledger-state.ts';
import { updateItem } from './update-item.ts';

/*
 * The two steps of what is recorded before it is signed: the reservation, which only the first writer makes, and the
 * commit.
 */

/**
 * Puts an item unless it exists; returns the one that is there then.
 *
 * @throws AppError `authority_not_ready` where the table was replaced.
 */
export async function putNew(context: StoreContext, item: Item): Promise<Item> {
  await checkNotMoved(context);
  const command = new PutItemCommand({
    TableName: context.tableName,
    Item: item,
    ConditionExpression: 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return withRetries(context, async () => {
    try {
      await context.client.send(command);
      return item;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item) return error.Item;
      throw error;
    }
  });
}

/** Moves an item from one state to the next, with its certificate if given; returns the item that is there then. */
export async function advance(
  context: StoreContext,
  key: Key,
  [from, to]: readonly [string, string],
  certificate?: Uint8Array,
): Promise<Item> {
  const { item } = await updateItem(context, {
    Key: key,
    UpdateExpression: certificate ? 'SET #state = :to, #certificate = :certificate' : 'SET #state = :to',
    ConditionExpression: '#state = :from',
    ExpressionAttributeNames: names('state', ...(certificate ? ['certificate'] : [])),
    ExpressionAttributeValues: values({ from, to, ...(certificate ? { certificate } : {}) }),
  });
  if (item === undefined)
    throw new AppError('internal', `${key[TABLE_KEY.sort]?.S} is not recorded; reserve it first`);
  return item;
}
