import { createHash } from 'node:crypto';
import type { Put } from '@aws-sdk/client-dynamodb';
import { TABLE_KEY } from '../config/table.ts';
import type { CertificateEvent } from '../domain/certificate-event.ts';
import { toRfc3339 } from '../domain/instant.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { StoreContext } from './context.ts';
import { fromItem, type Item, toItem, values } from './expression.ts';
import { historyKey, historyPartition } from './keys.ts';
import { queryAll } from './query-items.ts';

/** An entry of a certificate's history that is not there yet. */
export function putEvent(
  { tableName }: StoreContext,
  serialNumber: SerialNumber,
  event: CertificateEvent,
): Put {
  return {
    TableName: tableName,
    Item: { ...historyKey(serialNumber, placeOf(event)), ...toItem(event) },
    ConditionExpression: 'attribute_not_exists(#pk)',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
  };
}

/** Oldest first, consistently. A certificate has a handful of them. */
export async function readHistory(
  context: StoreContext,
  serialNumber: SerialNumber,
): Promise<readonly CertificateEvent[]> {
  return (await historyItems(context, serialNumber)).map(certificateEvent);
}

/** The same as items. */
export function historyItems(context: StoreContext, serialNumber: SerialNumber): Promise<readonly Item[]> {
  return queryAll(context, {
    KeyConditionExpression: '#pk = :partition',
    ExpressionAttributeNames: { '#pk': TABLE_KEY.partition },
    ExpressionAttributeValues: values({ partition: historyPartition(serialNumber) }),
    ConsistentRead: true,
  });
}

/** In order of time; events of one second differ in what they say, and the same event has the same place. */
function placeOf(event: CertificateEvent): string {
  const { at, event: name, by, reason, comment, successor } = event;
  const digest = createHash('sha256')
    .update(JSON.stringify([name, by, reason, comment, successor]))
    .digest('hex');
  return `${toRfc3339(at)}#${digest.slice(0, 8)}`;
}

export function certificateEvent(item: Item): CertificateEvent {
  const { at, event, by, reason, comment, successor, replaced } = fromItem<CertificateEvent>(item);
  return withoutUndefined({ at, event, by, reason, comment, successor, replaced });
}
