import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Authority, AuthorityStore } from '../issuance/ports.ts';
import { additionalRoots, issuer, issuerItem, root, rootItem } from './authority-item.ts';
import { transact } from './contention.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { type Item, values } from './expression.ts';
import { additionalRootsKey, issuerKey, rootKey } from './keys.ts';
import { advance, putNew } from './put-new.ts';
import { queryAll } from './query-items.ts';
import { versionedPut } from './versioned-put.ts';

/** Roots, issuers and additional roots in DynamoDB: one small partition. */
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
    replaceAdditionalRoots: async (next) => {
      const refusal = await transact(context, [{ Put: versionedPut(context, additionalRootsKey, next) }]);
      return refusal === undefined ? 'replaced' : 'changed';
    },
  };
}

/** Everything in the partition, roots and issuers in order of id; consistently, in one query. */
export async function readAuthority(context: StoreContext): Promise<Authority> {
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
    additionalRoots: additionalRoots(items.find(sortsUnder('ADDITIONAL-ROOTS'))),
  };
}
