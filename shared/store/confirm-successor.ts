import type { ConfirmationLedger } from '../rotation/ports.ts';
import { certificateRecord } from './certificate-item.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { names, values } from './expression.ts';
import { putEvent } from './history.ts';
import { certificateKey } from './keys.ts';
import { readItem } from './read-items.ts';
import { transact } from './transact.ts';

/** The ledger of certificates in DynamoDB, to confirm successors in. */
export function dynamoConfirmationLedger(options: StoreOptions): ConfirmationLedger {
  const context = storeContext(options);
  return {
    certificate: async (serialNumber) => {
      const item = await readItem(context, certificateKey(serialNumber));
      return item && certificateRecord(item);
    },
    confirmSuccessor: (...confirmation) => confirmSuccessor(context, ...confirmation),
  };
}

async function confirmSuccessor(
  context: StoreContext,
  ...[predecessor, successor, { at, by }]: Parameters<ConfirmationLedger['confirmSuccessor']>
): ReturnType<ConfirmationLedger['confirmSuccessor']> {
  const refusal = await transact(context, [
    {
      Update: {
        TableName: context.tableName,
        Key: certificateKey(predecessor),
        UpdateExpression: 'SET #successorConfirmedAt = :at',
        ConditionExpression: '#successor = :successor AND attribute_not_exists(#successorConfirmedAt)',
        ExpressionAttributeNames: names('successor', 'successorConfirmedAt'),
        ExpressionAttributeValues: values({ successor, at }),
      },
    },
    { Put: putEvent(context, predecessor, { event: 'successorConfirmed', at, by, successor }) },
  ]);
  return refusal === undefined ? 'confirmed' : 'changed';
}
