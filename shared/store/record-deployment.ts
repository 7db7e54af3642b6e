import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CertificateRecord, DeploymentSender } from '../domain/certificate-record.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import type { DeploymentLedger } from '../issuance/ports.ts';
import { type StoreContext, type StoreOptions, storeContext } from './context.ts';
import { names, values } from './expression.ts';
import { certificateKey } from './keys.ts';

/** A request waits no longer than this to have its deployment recorded, the SDK's own retries included. Milliseconds. */
const TIMEOUT_MILLISECONDS = 2000;

/** One write of one attribute that no index holds; no retries of this folder, since its failing costs nothing. */
export async function recordDeployment(
  { client, tableName }: StoreContext,
  serialNumber: SerialNumber,
  sender: DeploymentSender,
  deployment: string,
): Promise<void> {
  const attribute = `${sender}Deployment` as const satisfies keyof CertificateRecord;
  const update = new UpdateItemCommand({
    TableName: tableName,
    Key: certificateKey(serialNumber),
    UpdateExpression: `SET #${attribute} = :deployment`,
    ConditionExpression: '#state = :issued',
    ExpressionAttributeNames: names(attribute, 'state'),
    ExpressionAttributeValues: values({ deployment, issued: 'ISSUED' }),
  });
  try {
    await client.send(update, { abortSignal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** The deployments of certificates in DynamoDB, for those who record nothing else. */
export function dynamoDeploymentLedger(options: StoreOptions): DeploymentLedger {
  const context = storeContext(options);
  return { recordDeployment: (...deployment) => recordDeployment(context, ...deployment) };
}
