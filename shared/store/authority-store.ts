import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Issuer, Root } from '../domain/authority.ts';
import { AppError } from '../errors/app-error.ts';
import type { AuthorityStore } from '../issuance/ports.ts';
import { issuer, issuerItem, root, rootItem } from './authority-item.ts';
import { withRetries } from './contention.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { type Item, names, values } from './expression.ts';
import { issuerKey, type Key, rootKey } from './keys.ts';
import { queryAll } from './query-items.ts';
import { updateItem } from './update-item.ts';

/** Roots and issuers in DynamoDB: one small partition. */
export function dynamoAuthorityStore(options: StoreOptions): AuthorityStore {
  const context = storeContext(options);
  return {
    readAuthority: () => readAuthority(context),
    reserveRoot: async (wanted) => root(await putNew(context, rootItem(wanted))),
    commitRoot: async (id, certificate) =>
      root(await advance(context, rootKey(id), ['RESERVED', 'ISSUED'], certificate)),
    reserveIssuer: async (wanted) => issuer(await putNew(context, issuerItem(wanted))),
    commitIssuer: async (id, certificate) =>
      issuer(await advance(context, issuerKey(id), ['PENDING', 'READY'], certificate)),
    activateIssuer: async (id) => issuer(await advance(context, issuerKey(id), ['READY', 'ACTIVE'])),
  };
}

/** All roots and issuers in order of id, consistently, in one query. */
export async function readAuthority(
  context: StoreContext,
): Promise<{ readonly roots: readonly Root[]; readonly issuers: readonly Issuer[] }> {
  const items = await queryAll(context, {
    KeyConditionExpression: '#pk = :authority',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ authority: PARTITIONS.authority }),
    ConsistentRead: true,
  });
  const sortsUnder = (prefix: string) => (item: Item) => item[TABLE_KEY.sort]?.S?.startsWith(prefix) === true;
  return {
    roots: items.filter(sortsUnder('ROOT#')).map(root),
    issuers: items.filter(sortsUnder('ISSUER#')).map(issuer),
  };
}

/** Puts an item unless it exists; returns the one that is there then. */
function putNew(context: StoreContext, item: Item): Promise<Item> {
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
async function advance(
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
