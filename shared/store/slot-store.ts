import { ConditionalCheckFailedException, DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Slot } from '../domain/slot.ts';
import type { SlotStore } from '../rotation/ports.ts';
import { withRetries } from './contention.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, names, toItem, values } from './expression.ts';
import { slotKey } from './keys.ts';
import { queryAll } from './query-items.ts';

/** The slots of a deployment in DynamoDB: one small partition. */
export function dynamoSlotStore(options: StoreOptions): SlotStore {
  const context = storeContext(options);
  return {
    readSlots: () => readSlots(context),
    writeSlot: (wanted) => writeSlot(context, wanted),
    removeSlot: (wanted) => removeSlot(context, wanted),
  };
}

async function readSlots(context: StoreContext): Promise<readonly Slot[]> {
  const items = await queryAll(context, {
    KeyConditionExpression: '#pk = :slot',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ slot: PARTITIONS.slot }),
    ConsistentRead: true,
  });
  return items.map(slot).sort(bySettings);
}

/** Roots first; a larger number in an id does not sort behind a smaller one. */
function bySettings(a: Slot, b: Slot): number {
  return a.kind === b.kind ? a.place - b.place : a.kind === 'root' ? -1 : 1;
}

async function writeSlot(context: StoreContext, wanted: Slot): Promise<Slot> {
  const command = new PutItemCommand({
    TableName: context.tableName,
    Item: { ...slotKey(wanted.id), ...toItem(wanted) },
    ConditionExpression: 'attribute_not_exists(#keyArn) OR #keyArn = :keyArn',
    ExpressionAttributeNames: names('keyArn'),
    ExpressionAttributeValues: values({ keyArn: wanted.keyArn }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return withRetries(context, async () => {
    try {
      await context.client.send(command);
      return wanted;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException && error.Item) return slot(error.Item);
      throw error;
    }
  });
}

async function removeSlot(context: StoreContext, { id, keyArn }: Pick<Slot, 'id' | 'keyArn'>): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: context.tableName,
    Key: slotKey(id),
    ConditionExpression: '#keyArn = :keyArn',
    ExpressionAttributeNames: names('keyArn'),
    ExpressionAttributeValues: values({ keyArn }),
  });
  return withRetries(context, async () => {
    try {
      await context.client.send(command);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  });
}

/** Without the item's key. */
function slot(item: Item): Slot {
  const { [TABLE_KEY.partition]: _pk, [TABLE_KEY.sort]: _sk, ...rest } = item;
  return fromItem<Slot>(rest);
}
