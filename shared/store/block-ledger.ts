import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Block, KeyBlock, NameBlock } from '../domain/block.ts';
import type { CommonName } from '../domain/common-name.ts';
import type { NameRecord } from '../domain/name-record.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { BlockLedger } from '../revocation/ports.ts';
import { blockKeyItems, keepFirstBlock } from './block-key.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { BLOCK_PLACE, readBlockCursor, writeBlockCursor } from './cursor.ts';
import { fromItem, type Item, values } from './expression.ts';
import { keyBlockKey, nameBlockKey, nameKey } from './keys.ts';
import { nameRecord, putName } from './name-item.ts';
import { queryOnce } from './query-items.ts';
import { readItem } from './read-items.ts';
import { transact } from './transact.ts';

/** Blocks of names and keys in DynamoDB. */
export function dynamoBlockLedger(options: StoreOptions): BlockLedger {
  const context = storeContext(options);
  return {
    name: async (name) => nameRecord(name, await readItem(context, nameKey(name))),
    nameBlock: async (profile, name) => {
      const item = await readItem(context, nameBlockKey(profile, name));
      return item && { ...blockOf(item), profile, name };
    },
    blockName: (name, block) => blockName(context, name, block),
    unblockName: (name, block) => unblockName(context, name, block),
    blockKey: (block) => blockKey(context, block),
    listBlocks: (query) => listBlocks(context, query),
  };
}

async function blockName(
  context: StoreContext,
  record: NameRecord,
  { profile, name, ...block }: NameBlock,
): Promise<'blocked' | 'changed'> {
  const refusal = await transact(context, [
    { Put: putName(context, record) },
    keepFirstBlock(context, nameBlockKey(profile, name), block),
  ]);
  return refusal === undefined ? 'blocked' : 'changed';
}

async function unblockName(
  context: StoreContext,
  record: NameRecord,
  { profile, name }: Pick<NameBlock, 'profile' | 'name'>,
): Promise<'unblocked' | 'changed'> {
  const refusal = await transact(context, [
    { Put: putName(context, record) },
    { Delete: { TableName: context.tableName, Key: nameBlockKey(profile, name) } },
  ]);
  return refusal === undefined ? 'unblocked' : 'changed';
}

async function blockKey(context: StoreContext, block: KeyBlock): Promise<KeyBlock> {
  await transact(context, blockKeyItems(context, block));
  const item = await readItem(context, keyBlockKey(block.publicKeySha256));
  return item === undefined ? block : { ...blockOf(item), publicKeySha256: block.publicKeySha256 };
}

async function listBlocks(
  context: StoreContext,
  { limit, cursor }: Parameters<BlockLedger['listBlocks']>[0],
): ReturnType<BlockLedger['listBlocks']> {
  const after = cursor === undefined ? undefined : readBlockCursor(cursor);
  const { items, stoppedAt } = await queryOnce(context, {
    KeyConditionExpression: after === undefined ? '#pk = :block' : '#pk = :block AND #sk > :after',
    ExpressionAttributeNames: {
      '#pk': TABLE_KEY.partition,
      ...(after === undefined ? {} : { '#sk': TABLE_KEY.sort }),
    },
    ExpressionAttributeValues: values({
      block: PARTITIONS.block,
      ...(after === undefined ? {} : { after }),
    }),
    ConsistentRead: true,
    Limit: limit,
  });
  return {
    items: items.map(listed),
    cursor: stoppedAt && writeBlockCursor(placeOf(stoppedAt)),
  };
}

function placeOf(item: Item): string {
  return item[TABLE_KEY.sort]?.S ?? '';
}

function listed(item: Item): NameBlock | KeyBlock {
  const [, key = '', profile, name] = BLOCK_PLACE.exec(placeOf(item)) ?? [];
  return profile === undefined || name === undefined
    ? { ...blockOf(item), publicKeySha256: key.slice('KEY#'.length) }
    : { ...blockOf(item), profile: profile as ProfileName, name: name as CommonName };
}

function blockOf(item: Item): Block {
  return fromItem<{ readonly block: Block }>(item).block;
}
