import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Slot } from '../domain/slot.ts';
import type { SlotStore } from '../rotation/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, names, toItem, values } from './expression.ts';
import { slotKey } from './keys.ts';
import { queryAll } from './query-items.ts';
import { transact } from './transact.ts';

/** The slots of a deployment in DynamoDB, for functions that change none of them. */
export function dynamoSlotReader(options: StoreOptions): Pick<SlotStore, 'readSlots'> {
  const context = storeContext(options);
  return { readSlots: () => readSlots(context) };
}

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
  const Put = {
    TableName: context.tableName,
    Item: { ...slotKey(wanted.id), ...toItem(wanted) },
    ConditionExpression: 'attribute_not_exists(#keyArn) OR #keyArn = :keyArn',
    ExpressionAttributeNames: names('keyArn'),
    ExpressionAttributeValues: values({ keyArn: wanted.keyArn }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
  const there = (await transact(context, [{ Put }]))?.[0]?.item;
  return there === undefined ? wanted : slot(there);
}

async function removeSlot(context: StoreContext, { id, keyArn }: Pick<Slot, 'id' | 'keyArn'>): Promise<void> {
  const Delete = {
    TableName: context.tableName,
    Key: slotKey(id),
    ConditionExpression: '#keyArn = :keyArn',
    ExpressionAttributeNames: names('keyArn'),
    ExpressionAttributeValues: values({ keyArn }),
  };
  await transact(context, [{ Delete }]);
}

/** Without the item's key. */
function slot(item: Item): Slot {
  const { [TABLE_KEY.partition]: _pk, [TABLE_KEY.sort]: _sk, ...rest } = item;
  return fromItem<Slot>(rest);
}
