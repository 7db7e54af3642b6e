import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { answerCloudFormation, type Outcome } from '../../shared/http/custom-resource.ts';
import { createLog } from '../../shared/observability/log.ts';
import { checkDeployment } from '../../shared/rotation/check-deployment.ts';
import { cloudFormationClient, cloudFormationStacks } from '../../shared/stacks/cloudformation.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoSlotReader } from '../../shared/store/slot-store.ts';
import { readDeployment } from './request.ts';

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('check-deployment');
// A restored ledger is attached by a deployment: nothing is signed from it here.
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const deps = {
  slots: dynamoSlotReader(table),
  authority: unfencedAuthorityReader(table),
  stacks: cloudFormationStacks(cloudFormationClient()),
};

/**
 * `Custom::DeploymentCheck`: refuses a deployment whose settings differ from what the ledger records, before any key, role
 * or function is changed. Delete, and a rollback, always succeed.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  await answerCloudFormation(event, 'deployment', await run(event));
}

async function run({
  RequestType,
  StackId,
  ResourceProperties,
}: CloudFormationCustomResourceEvent): Promise<Outcome> {
  if (RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  try {
    await checkDeployment(deps, StackId, () => {
      const { declaration, otherAuthorities } = readDeployment(ResourceProperties);
      return { declaration, isOnly: RequestType === 'Create' && otherAuthorities === 'refuse' };
    });
    return { status: 'SUCCESS', data: {} };
  } catch (error) {
    // A refusal says all in its message; of anything else, the stack is needed.
    const refused = error instanceof AppError;
    log.error('deployment refused', refused ? { code: error.code, reason: error.message } : { error });
    return { status: 'FAILED', reason: error instanceof Error ? error.message : 'unknown' };
  }
}
