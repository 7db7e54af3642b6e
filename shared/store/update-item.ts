import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { withRetries } from './contention.ts';
import type { StoreContext } from './context.ts';
import type { Item } from './expression.ts';

/** An update's outcome: the item as it is then. `applied`: whether the condition held. */
export interface Updated {
  readonly applied: boolean;
  /** Undefined where there is no such item. */
  readonly item: Item | undefined;
}

/** One conditional update in one round trip: where the condition does not hold, DynamoDB returns the item. */
export function updateItem(
  context: StoreContext,
  update: Pick<
    UpdateItemCommandInput,
    | 'Key'
    | 'UpdateExpression'
    | 'ConditionExpression'
    | 'ExpressionAttributeNames'
    | 'ExpressionAttributeValues'
  >,
): Promise<Updated> {
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
