import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { Instant } from '../domain/instant.ts';
import type { LedgerState } from '../domain/ledger.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { names, values } from './expression.ts';
import { ledgerKey } from './keys.ts';
import { checkOpen, ledgerItem, ledgerState, queryLedgerState } from './ledger-state.ts';
import { putNew } from './put-new.ts';
import { readItem } from './read-items.ts';
import { updateItem } from './update-item.ts';

/** The fence of a ledger, for functions that do not read the authority. */
export interface LedgerFence {
  /** Undefined where the table says nothing of itself, or does not exist. Consistent. */
  readState(): Promise<LedgerState | undefined>;
  /**
   * Writes which table the ledger is in, once: in a copy, the name of the original stays.
   * @returns what is there then; undefined where the table does not exist.
   */
  declare(now: Instant): Promise<LedgerState | undefined>;
  /** @throws AppError `authority_not_ready` where nothing may be signed from the table. */
  checkOpen(): Promise<void>;
  /**
   * Makes a Region the one that writes and signs. The table says which one it is in.
   *
   * @param since when it takes the work over from the other one. @default - none had it
   * @returns what is there then.
   */
  activate(activeRegion: string, responderKeyArn: string, since?: Instant): Promise<LedgerState | undefined>;
}

/** The fence of the ledger in a DynamoDB table. */
export function dynamoLedgerFence(options: StoreOptions): LedgerFence {
  const context = storeContext(options);
  const { tableName } = context;
  return {
    readState: () => ifExists(async () => ledgerState(await readItem(context, ledgerKey))),
    declare: (openedAt) =>
      ifExists(async () => {
        const there = await readItem(context, ledgerKey);
        return ledgerState(there ?? (await putNew(context, ledgerItem({ tableName, openedAt }))));
      }),
    checkOpen: async () => checkOpen(context, await readItem(context, ledgerKey)),
    activate: async (activeRegion, responderKeyArn, activeSince) => {
      const active = { activeRegion, responderKeyArn, ...withoutUndefined({ activeSince }) };
      const fields = Object.keys(active);
      const { item } = await updateItem(context, {
        Key: ledgerKey,
        UpdateExpression: `SET ${fields.map((field) => `#${field} = :${field}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(#pk)',
        ExpressionAttributeNames: {
          '#pk': TABLE_KEY.partition,
          ...names(...fields),
        },
        ExpressionAttributeValues: values(active),
      });
      return ledgerState(item);
    },
  };
}

/** What the ledger says of itself, for functions that may query the authority and get none of its items. */
export function dynamoLedgerReader(options: StoreOptions): Pick<LedgerFence, 'readState'> {
  const context = storeContext(options);
  return { readState: () => ifExists(() => queryLedgerState(context)) };
}

/** Undefined where the table does not exist. */
async function ifExists<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
