import { INDEXES, PARTITIONS, TABLE_KEY } from '../config/table.ts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import type { Page, TokenStore } from '../issuance/ports.ts';
import type { StoreContext } from './context.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { names, values } from './expression.ts';
import { tokenKey, useSlotKey } from './keys.ts';
import { firstMonth } from './listing-start.ts';
import { addMonths, monthOf } from './month.ts';
import { positionOf, queryOnce } from './query-items.ts';
import { readItems } from './read-items.ts';
import { bootstrapToken, type UseSlot, useSlotOf, useSlots } from './token-item.ts';

type Counted = { readonly token: BootstrapToken; readonly uses: number };

/** Queries that one page may take (a month without tokens takes one); the next page goes on from there. */
const QUERIES = 60;

/** Walks the months backwards: one bucket each, newest first. */
export async function listTokens(
  context: StoreContext,
  query: Parameters<TokenStore['listTokens']>[0],
): Promise<Page<Counted>> {
  const { items, ...rest } = await listTokenIds(context, query);
  return { ...rest, items: await countUses(context, items) };
}

/** The ids of a page of tokens. */
export async function listTokenIds(
  context: StoreContext,
  { limit, cursor, now }: Parameters<TokenStore['listTokens']>[0],
): Promise<Page<string>> {
  const start =
    cursor === undefined
      ? { after: addMonths(monthOf(now), 1), bound: await firstMonth(context, now) }
      : readCursor('tokens', cursor);
  const ids: string[] = [];
  let { after } = start;
  for (
    let queries = 0;
    queries < QUERIES && ids.length < limit && bucketOf(after) >= start.bound;
    queries++
  ) {
    const found = await readBucket(context, after, limit - ids.length);
    ids.push(...found.ids);
    after = found.after;
  }
  return {
    items: ids,
    cursor: bucketOf(after) < start.bound ? undefined : writeCursor('tokens', { after, bound: start.bound }),
  };
}

/** The month that holds what lies next below `after`: its own month, or the one before where it is a bare month. */
function bucketOf(after: string): string {
  return after.length === 7 ? addMonths(after, -1) : after.slice(0, 7);
}

async function readBucket(
  context: StoreContext,
  after: string,
  limit: number,
): Promise<{ readonly ids: readonly string[]; readonly after: string }> {
  const { name, partition, sort } = INDEXES.tokensByCreation;
  const month = bucketOf(after);
  const { items, stoppedAt } = await queryOnce(context, {
    IndexName: name,
    KeyConditionExpression: `#${partition} = :month AND #${sort} < :after`,
    ExpressionAttributeNames: names(partition, sort),
    ExpressionAttributeValues: values({ month, after }),
    ScanIndexForward: false,
    Limit: limit,
  });
  const ids = items.map((item) => (item[TABLE_KEY.partition]?.S ?? '').slice(PARTITIONS.token.length));
  return { ids, after: stoppedAt ? positionOf(stoppedAt) : month };
}

/** The tokens and their uses as they are now, consistently; what was cleaned up meanwhile is left out. */
export async function countUses(context: StoreContext, ids: readonly string[]): Promise<readonly Counted[]> {
  const counted = await readCounters(context, ids);
  return counted.map(({ token, slots }) => ({
    token,
    uses: slots.reduce((sum, slot) => sum + (slot?.used ?? 0), 0),
  }));
}

/** The tokens and their counters, in order of slot; a counter that was cleaned up is undefined. */
export async function readCounters(
  context: StoreContext,
  ids: readonly string[],
): Promise<readonly { readonly token: BootstrapToken; readonly slots: readonly (UseSlot | undefined)[] }[]> {
  const find = await readItems(context, ids.map(tokenKey));
  const tokens = ids
    .map((id) => find(tokenKey(id)))
    .filter((item) => item !== undefined)
    .map(bootstrapToken);
  const slots = tokens.map((token) => useSlots(token).map((slot) => useSlotKey(token.id, slot)));
  const findSlot = await readItems(context, slots.flat());
  return tokens.map((token, at) => ({
    token,
    slots: (slots[at] ?? []).map(findSlot).map((item) => item && useSlotOf(item)),
  }));
}
