import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Authority, AuthorityStore } from '../issuance/ports.ts';
import { additionalRoots, issuer, root } from './authority-item.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { type Item, values } from './expression.ts';
import { checkOpen, noteFence } from './ledger-state.ts';
import { queryAll } from './query-items.ts';

/** Roots, issuers and additional roots in DynamoDB, for functions that change none of them. */
export function dynamoAuthorityReader(options: StoreOptions): Pick<AuthorityStore, 'readAuthority'> {
  const context = storeContext(options);
  return { readAuthority: () => readAuthority(context) };
}

/** The same for functions that sign nothing, and are needed before a restored table is opened. */
export function unfencedAuthorityReader(options: StoreOptions): Pick<AuthorityStore, 'readAuthority'> {
  const context = storeContext(options);
  return { readAuthority: () => readUnfenced(context) };
}

/**
 * Everything in the partition, roots and issuers in order of id; consistently, in one query.
 *
 * @throws AppError `authority_not_ready` where the ledger is fenced, unless the context ignores that.
 */
export async function readAuthority(context: StoreContext): Promise<Authority> {
  const items = await authorityItems(context);
  await checkOpen(context, items.find(sortsUnder('LEDGER')));
  return authorityOf(items);
}

/** The same, whether the ledger is fenced or not. */
export async function readUnfenced(context: StoreContext): Promise<Authority> {
  const items = await authorityItems(context);
  await noteFence(context, items.find(sortsUnder('LEDGER')));
  return authorityOf(items);
}

function authorityItems(context: StoreContext): Promise<readonly Item[]> {
  return queryAll(context, {
    KeyConditionExpression: '#pk = :authority',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ authority: PARTITIONS.authority }),
    ConsistentRead: true,
  });
}

const sortsUnder = (prefix: string) => (item: Item) => item[TABLE_KEY.sort]?.S?.startsWith(prefix) === true;

function authorityOf(items: readonly Item[]): Authority {
  return {
    roots: items.filter(sortsUnder('ROOT#')).map(root),
    issuers: items.filter(sortsUnder('ISSUER#')).map(issuer),
    additionalRoots: additionalRoots(items.find(sortsUnder('ADDITIONAL-ROOTS'))),
  };
}
