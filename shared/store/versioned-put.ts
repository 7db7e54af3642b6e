import type { Put } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { StoreContext } from './context.ts';
import { names, toItem, values } from './expression.ts';
import type { Key } from './keys.ts';

/** Writes what carries a version, if that of its item is still the one before (or there is none, for version 1). */
export function versionedPut<Content extends { readonly version: number }>(
  { tableName: TableName }: StoreContext,
  key: Key,
  content: Content,
): Put {
  const Item = { ...key, ...toItem(content) };
  if (content.version === 1)
    return {
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    };
  return {
    TableName,
    Item,
    ConditionExpression: '#version = :before',
    ExpressionAttributeNames: names('version'),
    ExpressionAttributeValues: values({ before: content.version - 1 }),
  };
}
