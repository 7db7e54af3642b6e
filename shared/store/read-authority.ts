import { PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { Authority, AuthorityStore } from '../issuance/ports.ts';
import { additionalRoots, issuer, root } from './authority-item.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { type Item, values } from './expression.ts';
import { checkOpen } from './ledger-state.ts';
import { queryAll } from './query-items.ts';

/** Roots, issuers and additional roots in DynamoDB, for functions that change none of them. */
export function dynamoAuthorityReader(options: StoreOptions): Pick<AuthorityStore, 'readAuthority'> {
  const context = storeContext(options);
  return { readAuthority: () => readAuthority(context) };
}

/**
 * Everything in the partition, roots and issuers in order of id; consistently, in one query.
 *
 * @throws AppError `authority_not_ready` where the ledger is fenced, unless the context ignores that.
 */
export async function readAuthority(context: StoreContext): Promise<Authority> {
  const items = await queryAll(context, {
    KeyConditionExpression: '#pk = :authority',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ authority: PARTITIONS.authority }),
    ConsistentRead: true,
  });
  const sortsUnder = (prefix: string) => (item: Item) => item[TABLE_KEY.sort]?.S?.startsWith(prefix) === true;
  checkOpen(context, items.find(sortsUnder('LEDGER')));
  return {
    roots: items.filter(sortsUnder('ROOT#')).map(root),
    issuers: items.filter(sortsUnder('ISSUER#')).map(issuer),
    additionalRoots: additionalRoots(items.find(sortsUnder('ADDITIONAL-ROOTS'))),
  };
}
