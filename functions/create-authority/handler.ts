import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { answerCloudFormation, type Outcome } from '../../shared/http/custom-resource.ts';
import { createAuthority } from '../../shared/issuance/create-authority.ts';
import { recordExternalRoot } from '../../shared/issuance/record-external-root.ts';
import { recordedCeremonies } from '../../shared/issuance/recorded-ceremonies.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { activateRegion } from '../../shared/rotation/activate-region.ts';
import { declareExternalRoots } from '../../shared/rotation/declare-external-roots.ts';
import { cloudFormationClient, cloudFormationStacks } from '../../shared/stacks/cloudformation.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoCeremonyLog } from '../../shared/store/ceremony-log.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';
import { dynamoRootStore } from '../../shared/store/root-store.ts';
import { isRestored, readAskedRegion, readPlan } from './request.ts';

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('create-authority');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
// It says which Region is active, so it writes that in either of them.
const ledger = dynamoLedgerFence({ ...table, writesIn: 'either' });
const deps = {
  store: dynamoAuthorityStore(table),
  roots: dynamoRootStore(table),
  fence: ledger,
  signer: recordedCeremonies(kmsCaSigner({ onAttempt: logKmsAttempts(log) }), {
    authority: dynamoAuthorityStore(table),
    ceremonies: dynamoCeremonyLog(table),
    clock: systemClock,
    onUnrecorded: (error) => log.warn('ceremony not recorded', { error }),
  }),
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

/**
 * Writes which table the ledger is in, unless a restore brought the table along with what it says.
 *
 * @returns the table that this one is a copy of, if it was not merged yet: there is nothing to create, and nothing to sign.
 * @throws AppError `internal` where the settings name a table as restored that is not a copy of a ledger, or no longer name
 * the table that the ledger has moved to.
 */
async function checkLedger(restored: boolean): Promise<string | undefined> {
  const { TABLE_NAME } = environment;
  const state = restored ? await deps.fence.readState() : await deps.fence.declare(systemClock());
  if (state === undefined)
    throw new AppError(
      'internal',
      `restoredLedger: the table ${TABLE_NAME} does not exist, or is not a copy of the ledger of this authority. Set it to the stream of the table that the restore made`,
    );
  if (state.tableName === TABLE_NAME && state.successor !== undefined)
    throw new AppError(
      'internal',
      `restoredLedger: the records have moved to the table ${state.successor}. Set it to the stream of that table`,
    );
  return state.tableName === TABLE_NAME ? undefined : state.tableName;
}

/** Makes the Region active that the deployment asks for. @returns the one that is active; this one where there is no other. */
async function activate(event: CloudFormationCustomResourceEvent): Promise<string> {
  const old = event.RequestType === 'Update' ? event.OldResourceProperties : undefined;
  const asked = readAskedRegion(event.ResourceProperties, old);
  const region = await table.client.config.region();
  if (asked === undefined) return region;
  const stacks = cloudFormationStacks(cloudFormationClient());
  const regions = { ledger, stacks, clock: systemClock, pause: setTimeout, region };
  const { active, before, moved } = await activateRegion(regions, event.StackId, asked);
  if (moved) log.warn('Region active', { reason: `${active}, before it ${before ?? 'none'}` });
  return active;
}

async function run(event: CloudFormationCustomResourceEvent): Promise<Outcome> {
  if (event.RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  try {
    const plan = readPlan(event.ResourceProperties);
    const fence = await checkLedger(isRestored(event.ResourceProperties));
    const active = await activate(event);
    if (active !== (await table.client.config.region())) {
      log.info('passive Region', { reason: `${active} is active` });
      return { status: 'SUCCESS', data: { RootId: plan.root.id } };
    }
    if (fence !== undefined) {
      log.warn('ledger fenced', { reason: `a copy of ${fence}` });
      return { status: 'SUCCESS', data: { RootId: plan.root.id } };
    }
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
