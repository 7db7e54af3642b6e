import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import type { Declaration } from '../../shared/domain/declaration.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { answerCloudFormation, type Outcome } from '../../shared/http/custom-resource.ts';
import { createLog } from '../../shared/observability/log.ts';
import { checkDeployment } from '../../shared/rotation/check-deployment.ts';
import { readPrimary } from '../../shared/rotation/read-primary.ts';
import { cloudFormationClient, cloudFormationStacks } from '../../shared/stacks/cloudformation.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoLedgerReader } from '../../shared/store/ledger.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoSlotReader } from '../../shared/store/slot-store.ts';
import { streamArnOf } from '../../shared/store/stream-arn.ts';
import { readAskedBefore, readDeployment } from './request.ts';

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('check-deployment');
// A restored ledger is attached by a deployment: nothing is signed from it here.
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const ledger = dynamoLedgerReader(table);
const deps = {
  slots: dynamoSlotReader(table),
  authority: unfencedAuthorityReader(table),
  stacks: cloudFormationStacks(cloudFormationClient()),
  ledger: { activeRegion },
};

/**
 * `Custom::DeploymentCheck`: refuses a deployment whose settings differ from what the ledger records, before any key, role
 * or function is changed. Delete, and a rollback, always succeed. In the standby Region it returns what the templates need of
 * the primary one.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  await answerCloudFormation(event, 'deployment', await run(event));
}

async function activeRegion(): Promise<string | undefined> {
  const state = await ledger.readState();
  return state?.tableName === environment.TABLE_NAME ? state.activeRegion : undefined;
}

/** What a deployment of the standby Region gets of the primary one; nothing in any other. */
async function ofPrimary(properties: unknown): Promise<Readonly<Record<string, string>>> {
  const declaration = declarationIn(properties);
  if (declaration?.regions?.standby !== (await table.client.config.region())) return {};
  return readPrimary({ slots: deps.slots, ledger, streamArn: () => streamArnOf(table) }, declaration);
}

/** Undefined where it is malformed, which the check reports, or passes in a rollback. */
function declarationIn(properties: unknown): Declaration | undefined {
  try {
    return readDeployment(properties).declaration;
  } catch {
    return undefined;
  }
}

async function run(event: CloudFormationCustomResourceEvent): Promise<Outcome> {
  const { RequestType, StackId, ResourceProperties } = event;
  if (RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  const askedBefore =
    event.RequestType === 'Update' ? readAskedBefore(event.OldResourceProperties) : undefined;
  try {
    const data = await ofPrimary(ResourceProperties);
    await checkDeployment(deps, StackId, () => {
      const { declaration, otherAuthorities } = readDeployment(ResourceProperties);
      const isOnly = RequestType === 'Create' && otherAuthorities === 'refuse';
      return { declaration, isOnly, askedBefore };
    });
    return { status: 'SUCCESS', data };
  } catch (error) {
    // A refusal says all in its message; of anything else, the stack is needed.
    const refused = error instanceof AppError;
    log.error('deployment refused', refused ? { code: error.code, reason: error.message } : { error });
    return { status: 'FAILED', reason: error instanceof Error ? error.message : 'unknown' };
  }
}
