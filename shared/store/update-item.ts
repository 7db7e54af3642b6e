import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { withRetries } from './contention.ts';
import type { StoreContext } from './context.ts';
import type { Item } from './expression.ts';
import { checkNotMoved } from './ledger-state.ts';

/** An update's outcome: the item as it is then. `applied`: whether the condition held. */
export interface Updated {
  readonly applied: boolean;
  /** Undefined where there is no such item. */
  readonly item: Item | undefined;
}

/** What differs from one update to the next. */
type Update = Pick<
  UpdateItemCommandInput,
  | 'Key'
  | 'UpdateExpression'
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
>;

/**
 * One conditional update in one round trip: where the condition does not hold, DynamoDB returns the item.
 *
 * @throws AppError `authority_not_ready` where the table was replaced.
 */
export async function updateItem(context: StoreContext, update: Update): Promise<Updated> {
  await checkNotMoved(context);
  return updateAnyway(context, update);
}

/** The same, also where the table was replaced: for what closes it. */
export function updateAnyway(context: StoreContext, update: Update): Promise<Updated> {
  const command = new UpdateItemCommand({
    TableName: context.tableName,
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...update,
  });
  return withRetries(context, async () => {
    try {
      return { applied: true, item: (await context.client.send(command)).Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { applied: false, item: error.Item };
      throw error;
    }
  });
}
