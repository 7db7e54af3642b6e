import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../domain/instant.ts';
import type { LedgerState } from '../domain/ledger.ts';
import { type StoreOptions, storeContext } from './context.ts';
import { ledgerKey } from './keys.ts';
import { checkOpen, ledgerItem, ledgerState } from './ledger-state.ts';
import { putNew } from './put-new.ts';
import { readItem } from './read-items.ts';

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
  };
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
