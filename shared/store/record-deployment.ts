import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { StoreContext } from './context.ts';
import { names, values } from './expression.ts';
import { certificateKey } from './keys.ts';

/** An enrollment waits no longer than this to have its deployment recorded, the SDK's own retries included. Milliseconds. */
const TIME = 2000;

/** One write of one attribute that no index holds; no retries of this folder, since its failing costs nothing. */
export async function recordDeployment(
  { client, tableName }: StoreContext,
  serialNumber: SerialNumber,
  deployment: string,
): Promise<void> {
  const update = new UpdateItemCommand({
    TableName: tableName,
    Key: certificateKey(serialNumber),
    UpdateExpression: 'SET #deployment = :deployment',
    ConditionExpression: '#state = :issued',
    ExpressionAttributeNames: names('deployment', 'state'),
    ExpressionAttributeValues: values({ deployment, issued: 'ISSUED' }),
  });
  try {
    await client.send(update, { abortSignal: AbortSignal.timeout(TIME) });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
