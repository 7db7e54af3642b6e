import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import { type Instant, instant } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { FormerLedger, Part } from '../restore/ports.ts';
import { dynamoBlockLedger } from './block-ledger.ts';
import { transact } from './contention.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { changedMeanwhile, copyCertificate } from './copy-certificate.ts';
import { names, values } from './expression.ts';
import { issuerKey, type Key, ledgerKey, rootKey, useSlotKey } from './keys.ts';
import { ledgerState } from './ledger-state.ts';
import { listByExpiry } from './list-certificates.ts';
import { openReservations } from './open-reservations.ts';
import { readUnfenced } from './read-authority.ts';
import { MERGE_PAGE, type MergedTables, readRecords, readTokens } from './read-for-merge.ts';
import { readItem, readItems } from './read-items.ts';
import { stillIn } from './state-condition.ts';
import { useSlotOf, useSlots } from './token-item.ts';
import { updateItem } from './update-item.ts';

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
    close: (successor, now) => close(from, successor, now),
    cas: () => readUnfenced(from),
    tokens: (cursor, now) => readTokens(from, cursor, now),
    blocks: (cursor) => listBlocks({ limit: MERGE_PAGE, cursor }),
    serialNumbers: (cursor, now, expiresAfter) => serialNumbers(from, cursor, now, expiresAfter),
    records: (serials) => readRecords(from, serials),
    adopt: (record, restored, voided) => copyCertificate({ from, to }, record, restored, voided),
    adoptCa: (kind, id, restored) =>
      copyCa({ from, to }, kind === 'root' ? rootKey(id) : issuerKey(id), restored?.state),
    adoptUses: (token) => copyUses({ from, to }, token),
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
async function close(context: StoreContext, successor: string, now: Instant): Promise<Instant> {
  const { item } = await updateItem(context, {
    Key: ledgerKey,
    UpdateExpression:
      'SET #tableName = if_not_exists(#tableName, :self), #openedAt = if_not_exists(#openedAt, :now), #successor = :successor, #closedAt = :now',
    ConditionExpression: 'attribute_not_exists(#successor) OR #successor <> :successor',
    ExpressionAttributeNames: names('tableName', 'openedAt', 'successor', 'closedAt'),
    ExpressionAttributeValues: values({ self: context.tableName, successor, now }),
  });
  return ledgerState(item)?.closedAt ?? now;
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

/** @param state of the restored CA, which must still be in it; undefined where there is none. */
async function copyCa({ from, to }: MergedTables, key: Key, state: string | undefined): Promise<void> {
  const Item = await readItem(from, key);
  if (Item === undefined) return;
  const refusal = await transact(to, [{ Put: { TableName: to.tableName, Item, ...stillIn(state) } }]);
  if (refusal !== undefined) throw changedMeanwhile(key[TABLE_KEY.sort]?.S ?? '');
}

async function copyUses({ from, to }: MergedTables, token: BootstrapToken): Promise<void> {
  const keys = useSlots(token).map((slot) => useSlotKey(token.id, slot));
  const find = await readItems(from, keys);
  for (const Key of keys) {
    const item = find(Key);
    if (item === undefined) continue;
    await updateItem(to, {
      Key,
      UpdateExpression: 'SET #used = :used',
      ConditionExpression: '#used < :used',
      ExpressionAttributeNames: names('used'),
      ExpressionAttributeValues: values({ used: useSlotOf(item).used }),
    });
  }
}
