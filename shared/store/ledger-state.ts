import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { Instant } from '../domain/instant.ts';
import { type Fence, fenceOf, type LedgerState } from '../domain/ledger.ts';
import { AppError } from '../errors/app-error.ts';
import type { StoreContext } from './context.ts';
import { fromItem, type Item, toItem } from './expression.ts';
import { ledgerKey } from './keys.ts';
import { queryOnce } from './query-items.ts';

/** A restore takes minutes; hosts need not ask more often. */
const RETRY_AFTER_SECONDS = 300;

/**
 * How long a process believes that a table had not moved when it looked. A write that began in this time is done before a
 * merge makes its last run, 120 seconds after it closed the table (`shared/restore/merge-ledger.ts`): it is taken over.
 */
const BELIEVED_SECONDS = 60;

/** When this process last saw that a table had not moved. */
const seenInPlace = new WeakMap<DynamoDBClient, Map<string, Instant>>();

export function ledgerState(item: Item | undefined): LedgerState | undefined {
  if (item === undefined) return undefined;
  const { tableName, openedAt, predecessors, successor, closedAt } = fromItem<LedgerState>(item);
  return {
    tableName,
    openedAt,
    ...(predecessors === undefined ? {} : { predecessors }),
    ...(successor === undefined ? {} : { successor }),
    ...(closedAt === undefined ? {} : { closedAt }),
  };
}

export function ledgerItem(state: LedgerState): Item {
  return { ...ledgerKey, ...toItem(state) };
}

/**
 * Stops whatever is about to sign from a fenced table.
 *
 * @param item what was read under `ledgerKey`, consistently.
 * @throws AppError `authority_not_ready` where the table is a copy that was not opened, or one that was replaced.
 */
export function checkOpen(context: StoreContext, item: Item | undefined): void {
  const fenced = noteFence(context, item);
  if (fenced !== undefined && context.fence !== 'ignored') throw refusal(fenced, context.tableName);
}

/** What was read under `ledgerKey` saves {@link checkNotMoved} a read. @returns the fence. */
export function noteFence(context: StoreContext, item: Item | undefined): Fence | undefined {
  const { client, tableName, clock } = context;
  const fence = fenceOf(ledgerState(item), tableName);
  const seen = seenInPlace.get(client) ?? new Map<string, Instant>();
  seenInPlace.set(client, seen);
  if (fence?.kind === 'closed') seen.delete(tableName);
  else seen.set(tableName, clock());
  return fence;
}

/**
 * Stops a write to a table that was replaced by a restored one: there, a revocation would be confirmed and have no effect.
 * Every write of this folder asks before. It is not a condition of the write itself: transactions that share an item wait
 * for each other. Costs a read where this process has not seen the ledger in the last minute; who reads the authority has.
 *
 * @throws AppError `authority_not_ready` with the way out.
 */
export async function checkNotMoved(context: StoreContext): Promise<void> {
  const { client, tableName, clock } = context;
  const at = seenInPlace.get(client)?.get(tableName);
  const age = at === undefined ? undefined : clock() - at;
  if (age !== undefined && age >= 0 && age < BELIEVED_SECONDS) return;
  const { items } = await queryOnce(context, {
    KeyConditionExpression: '#pk = :pk AND #sk = :sk',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition, '#sk': TABLE_KEY.sort },
    ExpressionAttributeValues: {
      ':pk': ledgerKey[TABLE_KEY.partition],
      ':sk': ledgerKey[TABLE_KEY.sort],
    },
    ConsistentRead: true,
  });
  const fence = noteFence(context, items[0]);
  if (fence?.kind === 'closed') throw refusal(fence, tableName);
}

function refusal(fence: Fence, tableName: string): AppError {
  const why =
    fence.kind === 'copy'
      ? 'The records of this authority were restored from a backup, and nothing is signed until what happened since has been merged. Send the same request again later.'
      : 'The records of this authority have moved to a restored table, and nothing is signed from the former one or written to it. Send the same request again later. If this lasts, deploy all stacks of the authority again (cdk deploy --all).';
  const other = fence.kind === 'copy' ? { copyOf: fence.of } : { successor: fence.successor };
  return new AppError('authority_not_ready', why, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    internal: { tableName, ...other },
  });
}
