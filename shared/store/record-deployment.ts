import {
  ConditionalCheckFailedException,
  type TransactWriteItem,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { DeploymentLedger } from '../issuance/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { fromItem, type Item, names, toItem, values } from './expression.ts';
import { certificateKey, deploymentKey } from './keys.ts';
import { checkNotMoved } from './ledger-state.ts';
import { transact } from './transact.ts';

/** A request waits no longer than this to have its deployment recorded, the SDK's own retries included. Milliseconds. */
const TIMEOUT_MILLISECONDS = 2000;

/** The condition that a certificate is issued. */
const IS_ISSUED = {
  ConditionExpression: '#state = :issued',
  ExpressionAttributeNames: names('state'),
  ExpressionAttributeValues: values({ issued: 'ISSUED' }),
};

/** One write of one attribute that no index holds; no retries of this folder, since its failing costs nothing. */
export async function recordHostDeployment(
  context: StoreContext,
  serialNumber: SerialNumber,
  deployment: string,
): Promise<void> {
  await checkNotMoved(context);
  const update = new UpdateItemCommand({
    TableName: context.tableName,
    Key: certificateKey(serialNumber),
    UpdateExpression: 'SET #hostDeployment = :deployment',
    ConditionExpression: IS_ISSUED.ConditionExpression,
    ExpressionAttributeNames: names('hostDeployment', 'state'),
    ExpressionAttributeValues: { ...IS_ISSUED.ExpressionAttributeValues, ...values({ deployment }) },
  });
  try {
    await context.client.send(update, { abortSignal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** A deployment of an administrator as it lies in the table. */
interface StoredDeployment {
  readonly deployment: string;
}

/** The deployment in an item of its own. */
export function administratorDeployment(item: Item): string {
  return fromItem<StoredDeployment>(item).deployment;
}

/** The deployments of administrators in DynamoDB. */
export function dynamoDeploymentLedger(options: StoreOptions): DeploymentLedger {
  const context = storeContext(options);
  return {
    recordAdministratorDeployment: async (serialNumber, deployment) => {
      await transact(context, [
        ifIssued(context, serialNumber),
        putDeployment(context, serialNumber, deployment),
      ]);
    },
  };
}

/** Only looks at the record, so that who records a deployment needs no right to change one. */
function ifIssued({ tableName }: StoreContext, serialNumber: SerialNumber): TransactWriteItem {
  return { ConditionCheck: { TableName: tableName, Key: certificateKey(serialNumber), ...IS_ISSUED } };
}

function putDeployment(
  { tableName }: StoreContext,
  serialNumber: SerialNumber,
  deployment: string,
): TransactWriteItem {
  const stored: StoredDeployment = { deployment };
  return { Put: { TableName: tableName, Item: { ...deploymentKey(serialNumber), ...toItem(stored) } } };
}
