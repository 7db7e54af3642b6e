import { type Fence, fenceOf, type LedgerState } from '../domain/ledger.ts';
import { AppError } from '../errors/app-error.ts';
import type { StoreContext } from './context.ts';
import { fromItem, type Item, toItem } from './expression.ts';
import { ledgerKey } from './keys.ts';

/** A restore takes minutes; hosts need not ask more often. */
const RETRY_AFTER_SECONDS = 300;

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
export function checkOpen({ tableName, fence }: StoreContext, item: Item | undefined): void {
  if (fence === 'ignored') return;
  const fenced = fenceOf(ledgerState(item), tableName);
  if (fenced !== undefined) throw refusal(fenced, tableName);
}

function refusal(fence: Fence, tableName: string): AppError {
  const why =
    fence.kind === 'copy'
      ? 'The records of this authority were restored from a backup, and nothing is signed until what happened since has been merged.'
      : 'The records of this authority are being moved to a restored table.';
  const other = fence.kind === 'copy' ? { copyOf: fence.of } : { successor: fence.successor };
  return new AppError('authority_not_ready', `${why} Send the same request again later.`, {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    internal: { tableName, ...other },
  });
}
