import { randomBytes } from 'node:crypto';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { answerCloudFormation, type Outcome } from '../../shared/http/custom-resource.ts';
import { createAuthority } from '../../shared/issuance/create-authority.ts';
import { recordExternalRoot } from '../../shared/issuance/record-external-root.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { declareExternalRoots } from '../../shared/rotation/declare-external-roots.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';
import { dynamoRootStore } from '../../shared/store/root-store.ts';
import { readPlan } from './request.ts';

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('create-authority');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const deps = {
  store: dynamoAuthorityStore(table),
  roots: dynamoRootStore(table),
  fence: dynamoLedgerFence(table),
  signer: kmsCaSigner({ onAttempt: logKmsAttempts(log) }),
  clock: systemClock,
  random: (length: number) => Uint8Array.from(randomBytes(length)),
};

/**
 * `Custom::Authority`: creates the authority's certificates when the stack is deployed, once. Delete touches nothing:
 * keys and records outlive the stack.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  await answerCloudFormation(event, 'authority', await run(event));
}

async function run(event: CloudFormationCustomResourceEvent): Promise<Outcome> {
  if (event.RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  try {
    const plan = readPlan(event.ResourceProperties);
    await deps.fence.declare(systemClock());
    if (!('issuers' in plan)) {
      const { id: rootId } = await recordExternalRoot(deps, plan);
      const changed = await declareExternalRoots(deps, plan.externalRoots);
      for (const { id, state } of changed) log.info('root declared', { rootId: id, state });
      log.info('authority ready', { rootId });
      return { status: 'SUCCESS', data: { RootId: rootId } };
    }
    const { root, issuer } = await createAuthority(deps, plan);
    log.info('authority ready', { rootId: root.id, issuerId: issuer.id, state: issuer.state });
    return { status: 'SUCCESS', data: { RootId: root.id, IssuerId: issuer.id } };
  } catch (error) {
    // A refusal says all in its message; of anything else, the stack is needed.
    const refused = error instanceof AppError;
    const fields = refused ? { code: error.code, reason: error.message, error: error.cause } : { error };
    log.error('authority not created', fields);
    return { status: 'FAILED', reason: error instanceof Error ? error.message : 'unknown' };
  }
}
