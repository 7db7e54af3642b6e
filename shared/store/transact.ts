import {
  type CancellationReason,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { Contention, withRetries } from './contention.ts';
import type { StoreContext } from './context.ts';
import { checkNotMoved } from './ledger-state.ts';

/** Reasons of a cancelled transaction that pass by themselves (API reference of TransactWriteItems, Errors). */
const PASSING_REASONS = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** Which conditions of a transaction did not hold, by the index of its items; undefined where all was written. */
export type Refusal = readonly { readonly failed: boolean; readonly item: CancellationReason['Item'] }[];

/**
 * Writes all items or none. Contention is retried; where a condition of the first item fails, that is the answer, even
 * beside contention on other items.
 *
 * Every attempt carries its own ClientRequestToken, made by the SDK; the SDK's retries of one attempt repeat it, so that
 * an attempt whose answer was lost is not done twice (valid for 10 minutes, API reference of TransactWriteItems).
 *
 * @throws AppError `authority_not_ready` where the table was replaced.
 */
export async function transact(
  context: StoreContext,
  items: readonly TransactWriteItem[],
): Promise<Refusal | undefined> {
  await checkNotMoved(context);
  return withRetries(context, async () => {
    const reasons = await cancellationReasons(context.client, items);
    const refusal = reasons?.map(({ Code, Item }) => ({
      failed: Code === 'ConditionalCheckFailed',
      item: Item,
    }));
    const passing = reasons?.find(({ Code }) => Code !== undefined && PASSING_REASONS.has(Code));
    if (passing && !refusal?.[0]?.failed) throw new Contention(passing.Code);
    return refusal;
  });
}

async function cancellationReasons(
  client: DynamoDBClient,
  items: readonly TransactWriteItem[],
): Promise<readonly CancellationReason[] | undefined> {
  try {
    await client.send(new TransactWriteItemsCommand({ TransactItems: [...items] }));
    return undefined;
  } catch (error) {
    const reasons = error instanceof TransactionCanceledException ? error.CancellationReasons : undefined;
    const explained = reasons?.some(
      ({ Code }) => Code === 'ConditionalCheckFailed' || PASSING_REASONS.has(Code ?? ''),
    );
    if (!reasons || !explained) throw error;
    return reasons;
  }
}
