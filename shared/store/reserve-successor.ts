import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY, TTL_ATTRIBUTE } from '../config/table.ts';
import type { CertificateEvent } from '../domain/certificate-event.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Instant } from '../domain/instant.ts';
import { holderAt, type Revocation, SERVICE } from '../domain/revocation.ts';
import type { SuccessorOutcome, SuccessorReservation } from '../rotation/ports.ts';
import { certificateItem, storedSuccessor } from './certificate-item.ts';
import type { StoreContext } from './context.ts';
import { putExclusiveName } from './exclusive-name-item.ts';
import { names, over, toItem, values } from './expression.ts';
import { putEvent } from './history.ts';
import { blockedKeyKey, certificateKey, ocspKey, renewalReservationKey, reservationTtl } from './keys.ts';
import { markRevoked, type Provided } from './mark-revoked.ts';
import { putName } from './name-item.ts';
import { putRevokedEntry } from './revoked-entry.ts';
import { transact } from './transact.ts';

/**
 * Writes the successor and all that goes with it, in one transaction: 61 items at most, of the 100 that DynamoDB takes.
 *
 * `changed` may mean this very call: where DynamoDB's answer was lost and the transaction is sent again after its
 * ClientRequestToken was forgotten, it meets its own successor. The caller reads again and finds its own key.
 */
export async function reserveSuccessor(
  context: StoreContext,
  reservation: SuccessorReservation,
): Promise<SuccessorOutcome> {
  const { record, predecessor, replaced, name, exclusive } = reservation;
  const refusal = await transact(context, [
    nameSuccessor(context, reservation),
    ifNotBlocked(context, predecessor),
    ifNotBlocked(context, record),
    putRecord(context, record),
    putReservation(context, record),
    { Put: putName(context, name) },
    { Put: putEvent(context, predecessor.serialNumber, eventOf(reservation)) },
    ...exclusive.map((one) => ({ Put: putExclusiveName(context, one) })),
    ...(replaced === undefined ? [] : supersede(context, replaced, record)),
  ]);
  if (refusal === undefined) return 'reserved';
  const [renewed, key, newKey] = refusal;
  if (renewed?.failed) return 'changed';
  if (key?.failed) return 'key_blocked';
  return newKey?.failed ? 'new_key_blocked' : 'changed';
}

const ONLY_NEW = {
  ConditionExpression: 'attribute_not_exists(#pk)',
  ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
};

/** The predecessor is issued, and its successor the one that was read, not confirmed. */
function nameSuccessor(
  { tableName }: StoreContext,
  { record, predecessor, replaced }: SuccessorReservation,
): TransactWriteItem {
  const { serialNumber, publicKeySha256 } = record;
  const stored = storedSuccessor({ serialNumber, publicKeySha256 });
  const before =
    replaced === undefined
      ? { condition: 'attribute_not_exists(#successor)', values: {}, count: '' }
      : {
          condition: '#successor = :before AND attribute_not_exists(#successorConfirmedAt)',
          values: { before: replaced.serialNumber, one: 1 },
          count: ' ADD #successorsReplaced :one',
        };
  const attributes = ['state', 'successor', 'successorKey'];
  const more = replaced === undefined ? [] : ['successorConfirmedAt', 'successorsReplaced'];
  return {
    Update: {
      TableName: tableName,
      Key: certificateKey(predecessor.serialNumber),
      UpdateExpression: `SET #successor = :successor, #successorKey = :successorKey${before.count}`,
      ConditionExpression: `#state = :issued AND ${before.condition}`,
      ExpressionAttributeNames: names(...attributes, ...more),
      ExpressionAttributeValues: values({ ...stored, ...before.values, issued: 'ISSUED' }),
    },
  };
}

/** A key that is blocked at this moment gets no certificate, though it was not blocked when it was read. */
function ifNotBlocked(
  { tableName }: StoreContext,
  { publicKeySha256 }: CertificateRecord,
): TransactWriteItem {
  return { ConditionCheck: { TableName: tableName, Key: blockedKeyKey(publicKeySha256), ...ONLY_NEW } };
}

function putRecord({ tableName }: StoreContext, record: CertificateRecord): TransactWriteItem {
  return { Put: { TableName: tableName, Item: certificateItem(record), ...ONLY_NEW } };
}

/** Among the certificates of the token, so that what came of it is found. */
function putReservation(
  { tableName }: StoreContext,
  { tokenId, publicKeySha256, serialNumber, reservedAt, validity }: CertificateRecord,
): TransactWriteItem {
  const key = renewalReservationKey(tokenId, publicKeySha256, serialNumber);
  const stored = { serialNumber, [TTL_ATTRIBUTE]: reservationTtl(reservedAt, validity.notAfter) };
  return { Put: { TableName: tableName, Item: { ...key, ...toItem(stored) }, ...ONLY_NEW } };
}

function eventOf({ record, replaced }: SuccessorReservation): CertificateEvent {
  const { serialNumber, reservedAt: at, sourceIp } = record;
  const by = holderAt(sourceIp);
  return replaced === undefined
    ? { event: 'renewed', at, by, successor: serialNumber }
    : { event: 'successorReplaced', at, by, successor: serialNumber, replaced: replaced.serialNumber };
}

/** A successor that nobody confirmed and that was not renewed itself is revoked in favour of another one. */
function supersede(
  context: StoreContext,
  replaced: CertificateRecord,
  { serialNumber, reservedAt: revokedAt }: CertificateRecord,
): readonly TransactWriteItem[] {
  const revocation: Revocation = {
    ...{ revokedAt, reason: 'superseded', revokedBy: SERVICE },
    comment: `replaced by ${serialNumber}`,
  };
  const { reason, comment } = revocation;
  const event = {
    event: 'revoked',
    at: revokedAt,
    by: SERVICE,
    reason,
    ...(comment ? { comment } : {}),
  } as const;
  return [
    {
      Update: markRevoked(context, replaced, revocation, stillIdle(replaced, revokedAt)),
    },
    { Put: putRevokedEntry(context, replaced, revocation) },
    { Put: putEvent(context, replaced.serialNumber, event) },
    { Delete: { TableName: context.tableName, Key: ocspKey(replaced.serialNumber) } },
  ];
}

/** It was not renewed since, and nobody took it up again to sign it. */
function stillIdle({ state }: CertificateRecord, now: Instant): Provided {
  const notRenewed = 'attribute_not_exists(#successor)';
  return state === 'RESERVED'
    ? {
        condition: `${notRenewed} AND ${over('leaseUntil')}`,
        attributes: ['successor', 'leaseUntil'],
        values: { now },
      }
    : { condition: notRenewed, attributes: ['successor'], values: {} };
}
