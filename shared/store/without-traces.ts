import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { StoreContext } from './context.ts';
import { fromItem, names, values } from './expression.ts';
import { certificateKey, type Key, renewalReservationKey, reservationKey, useSlotKey } from './keys.ts';
import { readItems } from './read-items.ts';
import { useSlotOf } from './token-item.ts';

/** Items that may name a certificate by its serial number. */
interface Trace {
  readonly serialNumber?: string;
  readonly successor?: string;
}

/**
 * Removes what leads a later request to a certificate that was given up: the reservation of its token and key, and its
 * mark on the certificate that it was to follow.
 */
export async function withoutTraces(
  context: StoreContext,
  { serialNumber, tokenId, publicKeySha256, predecessor }: CertificateRecord,
): Promise<readonly TransactWriteItem[]> {
  const { tableName: TableName } = context;
  const reservations = [
    reservationKey(tokenId, publicKeySha256),
    renewalReservationKey(tokenId, publicKeySha256, serialNumber),
  ];
  const before = predecessor === undefined ? [] : [certificateKey(predecessor)];
  const find = await readItems(context, [...reservations, ...before]);
  const isNamedBy = (attribute: keyof Trace) => (key: Key) => {
    const item = find(key);
    return item !== undefined && fromItem<Trace>(item)[attribute] === serialNumber;
  };
  return [
    ...reservations.filter(isNamedBy('serialNumber')).map((key) => ({
      Delete: { TableName, Key: key, ...stillNames('serialNumber', serialNumber) },
    })),
    ...before.filter(isNamedBy('successor')).map((key) => ({
      Update: {
        ...{ TableName, Key: key },
        UpdateExpression: 'REMOVE #successor, #successorKey, #successorConfirmedAt',
        ...stillNames('successor', serialNumber),
        ExpressionAttributeNames: names('successor', 'successorKey', 'successorConfirmedAt'),
      },
    })),
  ];
}

function stillNames(attribute: keyof Trace, serialNumber: string) {
  return {
    ConditionExpression: `#${attribute} = :serialNumber`,
    ExpressionAttributeNames: names(attribute),
    ExpressionAttributeValues: values({ serialNumber }),
  };
}

/** The use of a token that a reservation took; a renewal takes none. */
export async function useGivenBack(
  context: StoreContext,
  { tokenId, useSlot, predecessor }: CertificateRecord,
): Promise<readonly TransactWriteItem[]> {
  const Key = useSlotKey(tokenId, useSlot);
  const item = predecessor === undefined ? (await readItems(context, [Key]))(Key) : undefined;
  const used = item === undefined ? 0 : useSlotOf(item).used;
  if (used === 0) return [];
  return [
    {
      Update: {
        ...{ TableName: context.tableName, Key },
        UpdateExpression: 'SET #used = #used - :one',
        ConditionExpression: '#used > :none',
        ExpressionAttributeNames: names('used'),
        ExpressionAttributeValues: values({ one: 1, none: 0 }),
      },
    },
  ];
}
