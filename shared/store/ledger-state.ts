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

/** The same of the active one of two Regions: what the other one writes arrives about a second later. */
const BELIEVED_ACTIVE_SECONDS = 5;

/** When this process last saw that a table had not moved, nor the work to another Region; and how long it believes that. */
const seenInPlace = new WeakMap<
  DynamoDBClient,
  Map<string, { readonly at: Instant; readonly for: number }>
>();

export function ledgerState(item: Item | undefined): LedgerState | undefined {
  if (item === undefined) return undefined;
  const { [TABLE_KEY.partition]: _pk, [TABLE_KEY.sort]: _sk, ...state } = item;
  return fromItem<LedgerState>(state);
}

export function ledgerItem(state: LedgerState): Item {
  return { ...ledgerKey, ...toItem(state) };
}

/**
 * Stops whatever is about to sign from a fenced table, or in the passive one of two Regions, or before what began in the
 * other one has ended.
 *
 * @param item what was read under `ledgerKey`, consistently.
 * @throws AppError `authority_not_ready` where the table is a copy that was not opened, or one that was replaced; in the
 *   passive Region; and for less than a minute in the one that takes the work over.
 */
export async function checkOpen(context: StoreContext, item: Item | undefined): Promise<void> {
  const fenced = await noteFence(context, item);
  if (fenced !== undefined && context.fence !== 'ignored') throw refusal(fenced, context.tableName);
}

/** What was read under `ledgerKey` saves {@link checkNotMoved} a read. @returns the fence. */
export async function noteFence(context: StoreContext, item: Item | undefined): Promise<Fence | undefined> {
  const { client, tableName, clock, writesIn } = context;
  const state = ledgerState(item);
  const inTwo = state?.activeRegion !== undefined;
  const fence = fenceOf(
    state,
    tableName,
    inTwo && writesIn === 'active' ? { region: await client.config.region(), now: clock() } : undefined,
  );
  const seen = seenInPlace.get(client) ?? new Map();
  seenInPlace.set(client, seen);
  if (isMoved(fence)) seen.delete(tableName);
  else if (writesIn === 'active')
    seen.set(tableName, { at: clock(), for: inTwo ? BELIEVED_ACTIVE_SECONDS : BELIEVED_SECONDS });
  return fence;
}

/** Whether writes belong somewhere else: into another table, or into another Region; or have to wait for that one. */
function isMoved(fence: Fence | undefined): fence is Fence {
  return fence !== undefined && fence.kind !== 'copy';
}

/**
 * Stops a write to a table that was replaced by a restored one: there, a revocation would be confirmed and have no effect.
 * Also one in the passive of two Regions: of two writes of an item in both, one is lost without a word.
 * Every write of this folder asks before. It is not a condition of the write itself: transactions that share an item wait
 * for each other. Costs a read where this process has not seen the ledger in the last minute; who reads the authority has.
 *
 * @throws AppError `authority_not_ready` with the way out.
 */
export async function checkNotMoved(context: StoreContext): Promise<void> {
  const { client, tableName, clock } = context;
  const seen = seenInPlace.get(client)?.get(tableName);
  const age = seen === undefined ? -1 : clock() - seen.at;
  if (seen !== undefined && age >= 0 && age < seen.for) return;
  const fence = await noteFence(context, await queryLedger(context));
  if (isMoved(fence)) throw refusal(fence, tableName);
}

/** What the ledger says of itself, consistently, for functions that may query the authority and get none of its items. */
export async function queryLedgerState(context: StoreContext): Promise<LedgerState | undefined> {
  return ledgerState(await queryLedger(context));
}

async function queryLedger(context: StoreContext): Promise<Item | undefined> {
  const { items } = await queryOnce(context, {
    KeyConditionExpression: '#pk = :pk AND #sk = :sk',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition, '#sk': TABLE_KEY.sort },
    ExpressionAttributeValues: {
      ':pk': ledgerKey[TABLE_KEY.partition],
      ':sk': ledgerKey[TABLE_KEY.sort],
    },
    ConsistentRead: true,
  });
  return items[0];
}

function refusal(fence: Fence, tableName: string): AppError {
  if (fence.kind === 'passive')
    return new AppError(
      'authority_not_ready',
      `This is the passive Region, ${fence.region}. Send the same request to the active one, ${fence.active}. If it is out of reach, an operator moves the work here (docs/recovery.md, "A Region fails").`,
      { retryAfterSeconds: RETRY_AFTER_SECONDS },
    );
  if (fence.kind === 'settling')
    return new AppError(
      'authority_not_ready',
      `This Region, ${fence.region}, takes the work over, and begins when whatever the other one began has ended. Send the same request again in ${fence.seconds} seconds.`,
      { retryAfterSeconds: fence.seconds },
    );
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
