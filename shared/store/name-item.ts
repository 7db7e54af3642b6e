import type { Put } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { NameRecord } from '../domain/name-record.ts';
import type { StoreContext } from './context.ts';
import { fromItem, type Item, names, toItem, values } from './expression.ts';
import { nameKey } from './keys.ts';

/** The record of a name; version 0 where there is no item. */
export function nameRecord(name: CommonName, item: Item | undefined): NameRecord {
  if (item === undefined) return { name, version: 0, holders: [], blocked: [] };
  const { version, holders, blocked } = fromItem<NameRecord>(item);
  return { name, version, holders, blocked };
}

/**
 * Writes a name if its version is still the one before. The item has no attribute `name`: that would put it into the
 * index of certificates by name.
 */
export function putName({ tableName: TableName }: StoreContext, record: NameRecord): Put {
  const { name, version, holders, blocked } = record;
  const Item = { ...nameKey(name), ...toItem({ version, holders, blocked }) };
  if (version === 1)
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
    ExpressionAttributeValues: values({ before: version - 1 }),
  };
}
