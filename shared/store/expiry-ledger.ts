import { ConditionalCheckFailedException, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { TTL_ATTRIBUTE } from '../config/table.ts';
import { DAY } from '../domain/duration.ts';
import { type Instant, plus } from '../domain/instant.ts';
import { currentHolder } from '../domain/name-record.ts';
import type { ExpiryLedger } from '../rotation/ports.ts';
import { withRetries } from './contention.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { names as attributes, fromItem, toItem, values } from './expression.ts';
import { expiryKey, nameKey } from './keys.ts';
import { checkNotMoved } from './ledger-state.ts';
import { nameRecord } from './name-item.ts';
import { readItems } from './read-items.ts';

/** What was reported of expiring certificates, in DynamoDB. */
export function dynamoExpiryLedger(options: StoreOptions): ExpiryLedger {
  const context = storeContext(options);
  return {
    readForReport: (certificates, now) => readForReport(context, certificates, now),
    noteReported: (certificate, days) => noteReported(context, certificate, days),
  };
}

async function readForReport(
  context: StoreContext,
  certificates: Parameters<ExpiryLedger['readForReport']>[0],
  now: Instant,
): ReturnType<ExpiryLedger['readForReport']> {
  const names = new Set(certificates.map(({ name }) => name));
  const serialNumbers = new Set(certificates.map(({ serialNumber }) => serialNumber));
  const find = await readItems(context, [...[...names].map(nameKey), ...[...serialNumbers].map(expiryKey)]);
  return certificates.map(({ serialNumber, profile, name }) => {
    const marker = find(expiryKey(serialNumber));
    return {
      holder: currentHolder(nameRecord(name, find(nameKey(name))), profile, now)?.serialNumber,
      reportedDays: marker && fromItem<{ readonly days: number }>(marker).days,
    };
  });
}

async function noteReported(
  context: StoreContext,
  { serialNumber, validity }: Parameters<ExpiryLedger['noteReported']>[0],
  days: number,
): Promise<void> {
  await checkNotMoved(context);
  const command = new PutItemCommand({
    TableName: context.tableName,
    Item: {
      ...expiryKey(serialNumber),
      ...toItem({ days, [TTL_ATTRIBUTE]: plus(validity.notAfter, 30 * DAY) }),
    },
    ConditionExpression: 'attribute_not_exists(#days) OR #days > :days',
    ExpressionAttributeNames: attributes('days'),
    ExpressionAttributeValues: values({ days }),
  });
  await withRetries(context, async () => {
    try {
      await context.client.send(command);
    } catch (error) {
      // A lower number is there.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  });
}
