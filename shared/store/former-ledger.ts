import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import type { FormerLedger, Part } from '../restore/ports.ts';
import { dynamoBlockLedger } from './block-ledger.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { changedMeanwhile, copyCertificate } from './copy-certificate.ts';
import { copyRootUses } from './copy-root-uses.ts';
import { names, values } from './expression.ts';
import { issuerKey, type Key, ledgerKey, rootKey, useSlotKey } from './keys.ts';
import { ledgerState } from './ledger-state.ts';
import { listByExpiry } from './list-certificates.ts';
import { openReservations } from './open-reservations.ts';
import { readUnfenced } from './read-authority.ts';
import { MERGE_PAGE, type MergedTables, readRecords, readTokens } from './read-for-merge.ts';
import { readItem } from './read-items.ts';
import { stillIn } from './state-condition.ts';
import { transact } from './transact.ts';
import { updateAnyway, updateItem } from './update-item.ts';

/**
 * The table that another one was copied from.
 *
 * @param options.tableName the restored table, which adopts. @param options.former the former one, which is only read, but for
 * the mark that closes it.
 */
export function dynamoFormerLedger(options: StoreOptions & { readonly former: string }): FormerLedger {
  const to = storeContext(options);
  const from: StoreContext = { ...to, tableName: options.former };
  const { listBlocks } = dynamoBlockLedger(from);
  return {
    tableName: options.former,
    exists: () => exists(from),
    close: (successor, now, abandoned) => close(from, successor, now, abandoned),
    checkSuccessor: async (successor, abandoned) => {
      const recorded = ledgerState(await readItem(from, ledgerKey))?.successor;
      if (recorded !== undefined && recorded !== successor && recorded !== abandoned)
        throw movedElsewhere(from.tableName, recorded);
    },
    cas: () => readUnfenced(from),
    adoptRootUses: (apply) => copyRootUses({ from, to }, apply),
    tokens: (cursor, now) => readTokens(from, cursor, now),
    blocks: (cursor) => listBlocks({ limit: MERGE_PAGE, cursor }),
    serialNumbers: (cursor, now, expiresAfter) => serialNumbers(from, cursor, now, expiresAfter),
    records: (serials) => readRecords(from, serials),
    adopt: (record, restored, voided) => copyCertificate({ from, to }, record, restored, voided),
    adoptCa: (kind, id, restored) =>
      copyCa({ from, to }, kind === 'root' ? rootKey(id) : issuerKey(id), restored?.state),
    adoptUses: (tokenId, counters) => raiseUses(to, tokenId, counters),
  };
}

async function exists(context: StoreContext): Promise<boolean> {
  try {
    await readItem(context, ledgerKey);
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

/** A table that says nothing of itself does so from then on. */
async function close(
  context: StoreContext,
  ...[successor, now, abandoned]: Parameters<FormerLedger['close']>
): Promise<Instant> {
  const mayReplace = abandoned !== undefined && abandoned !== successor;
  const { item } = await updateAnyway(context, {
    Key: ledgerKey,
    UpdateExpression:
      'SET #tableName = if_not_exists(#tableName, :self), #openedAt = if_not_exists(#openedAt, :now), #successor = :successor, #closedAt = :now',
    ConditionExpression: `attribute_not_exists(#successor)${mayReplace ? ' OR #successor = :abandoned' : ''}`,
    ExpressionAttributeNames: names('tableName', 'openedAt', 'successor', 'closedAt'),
    ExpressionAttributeValues: values({
      ...{ self: context.tableName, successor, now },
      ...(mayReplace ? { abandoned } : {}),
    }),
  });
  const state = ledgerState(item);
  if (state?.successor !== undefined && state.successor !== successor)
    throw movedElsewhere(context.tableName, state.successor);
  return state?.closedAt ?? now;
}

function movedElsewhere(table: string, successor: string): AppError {
  return new AppError(
    'state_conflict',
    `The records of the table ${table} have moved to ${successor}: what happened since is there, and a merge from ${table} would lose it. Restore ${successor} instead. Only if nothing of ${successor} is to be kept, send "abandoned": "${successor}" along.`,
  );
}

/** A page of open reservations has up to its limit from each of four partitions. */
const OPEN_LIMIT = MERGE_PAGE / 4;

/** The end of the year 9999: of every age. */
const ANY_AGE = instant(253_402_300_799);

/** What is not finished, then what is listed by expiry: the cursor says which. */
async function serialNumbers(
  context: StoreContext,
  cursor: string | undefined,
  now: Instant,
  expiresAfter: Instant,
): Promise<Part<SerialNumber>> {
  const [, kind = 'open', after = ''] = /^(open|listed) (.*)$/s.exec(cursor ?? '') ?? [];
  const from = after === '' ? {} : { cursor: after };
  const part =
    kind === 'open'
      ? await openReservations(context, { before: ANY_AGE, limit: OPEN_LIMIT, ...from })
      : await listByExpiry(context, { limit: MERGE_PAGE, now, expiresAfter, ...from });
  const rest = part.cursor === undefined ? undefined : `${kind} ${part.cursor}`;
  return {
    items: part.items.map(({ serialNumber }) => serialNumber),
    cursor: rest ?? (kind === 'open' ? 'listed ' : undefined),
  };
}

/** @param state of the restored CA, which must still be in it; undefined if the restored table lacks it. */
async function copyCa({ from, to }: MergedTables, key: Key, state: string | undefined): Promise<void> {
  const Item = await readItem(from, key);
  if (Item === undefined) return;
  const refusal = await transact(to, [{ Put: { TableName: to.tableName, Item, ...stillIn(state) } }]);
  if (refusal !== undefined) throw changedMeanwhile(key[TABLE_KEY.sort]?.S ?? '');
}

async function raiseUses(
  context: StoreContext,
  ...[tokenId, counters]: Parameters<FormerLedger['adoptUses']>
): Promise<void> {
  await Promise.all(
    counters.map(({ slot, used }) =>
      updateItem(context, {
        Key: useSlotKey(tokenId, slot),
        UpdateExpression: 'SET #used = :used',
        ConditionExpression: '#used < :used',
        ExpressionAttributeNames: names('used'),
        ExpressionAttributeValues: values({ used }),
      }),
    ),
  );
}
