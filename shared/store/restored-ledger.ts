import type { Instant } from '../domain/instant.ts';
import type { LedgerState } from '../domain/ledger.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { RestoredLedger } from '../restore/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { names, values } from './expression.ts';
import { ledgerKey } from './keys.ts';
import { ledgerItem, ledgerState } from './ledger-state.ts';
import { putNew } from './put-new.ts';
import { readUnfenced } from './read-authority.ts';
import { countedTokens, readRecords, readTokens } from './read-for-merge.ts';
import { readItem } from './read-items.ts';
import { dynamoRevokedCertificates, revokedEntryItem } from './revoked-entry.ts';
import { transact } from './transact.ts';

/** A table that was restored, to be merged and opened. */
export function dynamoRestoredLedger(options: StoreOptions): RestoredLedger {
  const context = storeContext(options);
  const { revokedEntries } = dynamoRevokedCertificates(options);
  return {
    tableName: context.tableName,
    state: async () => ledgerState(await readItem(context, ledgerKey)),
    cas: () => readUnfenced(context),
    tokens: (cursor, now) => readTokens(context, cursor, now),
    countedTokens: (ids) => countedTokens(context, ids),
    records: (serialNumbers) => readRecords(context, serialNumbers),
    entries: revokedEntries,
    addEntry: async (issuerId, shard, entry) => {
      await putNew(context, revokedEntryItem(issuerId, shard, entry));
    },
    open: (former, now) => open(context, former, now),
  };
}

/** Ends the fence, if the table is still the copy of that one. */
async function open(
  context: StoreContext,
  former: string,
  openedAt: Instant,
): Promise<LedgerState | undefined> {
  const { tableName } = context;
  const there = ledgerState(await readItem(context, ledgerKey));
  if (there?.tableName !== former) return there;
  const { predecessors = [], activeRegion, responderKeyArn } = there;
  const Put = {
    TableName: tableName,
    Item: ledgerItem({
      ...{ tableName, openedAt, predecessors: [former, ...predecessors] },
      ...withoutUndefined({ activeRegion, responderKeyArn }),
    }),
    ConditionExpression: '#tableName = :former',
    ExpressionAttributeNames: names('tableName'),
    ExpressionAttributeValues: values({ former }),
  };
  await transact(context, [{ Put }]);
  return ledgerState(await readItem(context, ledgerKey));
}
