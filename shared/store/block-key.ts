import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Block, KeyBlock } from '../domain/block.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { StoreContext } from './context.ts';
import { names, values } from './expression.ts';
import { blockedKeyKey, type Key, keyBlockKey } from './keys.ts';

/** What enrollment looks up, and what is listed. */
export function blockKeyItems(
  context: StoreContext,
  { publicKeySha256, ...block }: KeyBlock,
): readonly TransactWriteItem[] {
  return [
    keepFirstBlock(context, blockedKeyKey(publicKeySha256), block),
    keepFirstBlock(context, keyBlockKey(publicKeySha256), block),
  ];
}

/** Writes a block unless there is one: one attribute, so that two blocks never mix. */
export function keepFirstBlock({ tableName }: StoreContext, Key: Key, block: Block): TransactWriteItem {
  return {
    Update: {
      TableName: tableName,
      Key,
      UpdateExpression: 'SET #block = if_not_exists(#block, :block)',
      ExpressionAttributeNames: names('block'),
      ExpressionAttributeValues: values({ block: withoutUndefined(block) }),
    },
  };
}
