import { ConditionalCheckFailedException, DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PARTITIONS, TABLE_KEY, TTL_ATTRIBUTE } from '../config/table.ts';
import { plus } from '../domain/instant.ts';
import type { Replacement } from '../domain/replacement.ts';
import { AppError } from '../errors/app-error.ts';
import type { ReplacementStore, Replacements } from '../rotation/ports.ts';
import { withRetries } from './contention.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, toItem, values } from './expression.ts';
import { replacementKey } from './keys.ts';
import { checkNotMoved } from './ledger-state.ts';
import { LONGEST_LIFE_SECONDS } from './list-certificates.ts';
import { queryAll } from './query-items.ts';

/** Mass replacements in DynamoDB, to be read: one small partition, in order of time. */
export function dynamoReplacements(options: StoreOptions): Replacements {
  const context = storeContext(options);
  return { replacements: () => readAll(context) };
}

/** Mass replacements in DynamoDB. */
export function dynamoReplacementStore(options: StoreOptions): ReplacementStore {
  const context = storeContext(options);
  return {
    replacements: () => readAll(context),
    createReplacement: (replacement) => create(context, replacement),
    deleteReplacement: (replacement) => remove(context, replacement),
  };
}

async function readAll(context: StoreContext): Promise<readonly Replacement[]> {
  const items = await queryAll(context, {
    KeyConditionExpression: '#pk = :replacement',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ replacement: PARTITIONS.replacement }),
    ConsistentRead: true,
  });
  return items.map(replacement);
}

/** It is of no use once the last certificate that it selects has ended. */
async function create(context: StoreContext, one: Replacement): Promise<void> {
  await checkNotMoved(context);
  const { client, tableName: TableName } = context;
  const command = new PutItemCommand({
    TableName,
    Item: {
      ...replacementKey(one.createdAt, one.id),
      ...toItem({ ...one, [TTL_ATTRIBUTE]: plus(one.createdAt, LONGEST_LIFE_SECONDS) }),
    },
    ConditionExpression: 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
  });
  return withRetries(context, async () => {
    try {
      await client.send(command);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException)
        throw new AppError('try_again', 'This replacement exists already. Try again.', { cause: error });
      throw error;
    }
  });
}

async function remove(
  context: StoreContext,
  { createdAt, id }: Parameters<ReplacementStore['deleteReplacement']>[0],
): Promise<boolean> {
  await checkNotMoved(context);
  const { client, tableName: TableName } = context;
  const command = new DeleteItemCommand({
    TableName,
    Key: replacementKey(createdAt, id),
    ConditionExpression: 'attribute_exists(#pk)',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
  });
  return withRetries(context, async () => {
    try {
      await client.send(command);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  });
}

function replacement(item: Item): Replacement {
  const { id, selector, createdAt, createdBy, by, certificates } = fromItem<Replacement>(item);
  return { id, selector, createdAt, createdBy, by, certificates };
}
