import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { apiGatewayEndpoint, readEnvironment } from '../../shared/config/environment.ts';
import {
  ISSUANCE_SECONDS,
  OLDEST_ROOT_LIST_SECONDS,
  RESPONDER_SECONDS,
  ROOT_KEYS_IN_WRONG_STATE,
  TRUST_STORE_NOT_TAKEN,
} from '../../shared/config/metrics.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { primaryRegionOf } from '../../shared/domain/key-arn.ts';
import { parseRevocationUrl, REVOCATION_URL_RULE } from '../../shared/domain/revocation-url.ts';
import type { Slot } from '../../shared/domain/slot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { answerCloudFormation, type Outcome } from '../../shared/http/custom-resource.ts';
import { SigningError } from '../../shared/issuance/ports.ts';
import { recordedCeremonies } from '../../shared/issuance/recorded-ceremonies.ts';
import { NOT_ENABLED, rootCustody } from '../../shared/issuance/root-custody.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { kmsKeyStates } from '../../shared/kms/key-states.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measuredIfAny, metrics } from '../../shared/observability/measurement.ts';
import { s3Client } from '../../shared/publish/client.ts';
import { mutualTlsDomain } from '../../shared/publish/mutual-tls-domain.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import { maintainAuthority } from '../../shared/revocation/maintain-authority.ts';
import { checkRootKeys } from '../../shared/rotation/check-root-keys.ts';
import { declareSlots } from '../../shared/rotation/declare-slots.ts';
import { publishTrustStore, useTrustStore } from '../../shared/rotation/publish-trust-store.ts';
import { reconcileRoots } from '../../shared/rotation/reconcile-roots.ts';
import { rollOverIssuers } from '../../shared/rotation/roll-over-issuers.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { dynamoCeremonyLog } from '../../shared/store/ceremony-log.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { unfencedAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoResponderStore } from '../../shared/store/responder-store.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';
import { readAdditionalRoots, readSlots } from './request.ts';

const environment = readEnvironment([
  'TABLE_NAME',
  'BUCKET_NAME',
  'REVOCATION_URL',
  'RESPONDER_KEY_ARN',
  'ROOT_LIST_LIFETIME_SECONDS',
  'LIST_CACHE_SECONDS',
  'MUTUAL_TLS_DOMAIN_ARN',
]);
const revocationUrl = parseRevocationUrl(environment.REVOCATION_URL);
if (revocationUrl === undefined)
  throw new AppError('internal', `REVOCATION_URL must be ${REVOCATION_URL_RULE}`);

const log = createLog('maintain-authority');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const keys = kmsKeyStates({ onAttempt: logKmsAttempts(log) });
const s3 = s3Client();
const { MUTUAL_TLS_DOMAIN_ARN: domainArn, BUCKET_NAME: bucketName } = environment;
const domain =
  domainArn === ''
    ? undefined
    : mutualTlsDomain({ domainArn, s3, bucketName, endpoint: apiGatewayEndpoint() });
const deps = {
  authority: dynamoAuthorityStore(table),
  responders: dynamoResponderStore(table),
  slots: dynamoSlotStore(table),
  objects: s3ObjectStore({ client: s3, bucketName }),
  signer: recordedCeremonies(kmsCaSigner({ onAttempt: logKmsAttempts(log) }), {
    authority: dynamoAuthorityStore(table),
    ceremonies: dynamoCeremonyLog(table),
    clock: systemClock,
    onUnrecorded: (error) => log.warn('ceremony not recorded', { error }),
    custody: rootCustody({
      slots: dynamoSlotStore(table),
      signer: kmsCaSigner({ onAttempt: logKmsAttempts(log, { awaited: NOT_ENABLED }) }),
      keys,
      ceremonies: dynamoCeremonyLog(table),
      clock: systemClock,
      pause: setTimeout,
      onLeftEnabled: (error) => log.warn('root key not disabled', { error }),
    }),
  }),
  keys,
  ceremonies: dynamoCeremonyLog(table),
  clock: systemClock,
  pause: setTimeout,
  random: (length: number) => Uint8Array.from(randomBytes(length)),
  revocationUrl,
  responderKey: { keyArn: environment.RESPONDER_KEY_ARN, keySpec: 'ECC_NIST_P256' },
  life: {
    lifetimeSeconds: Number(environment.ROOT_LIST_LIFETIME_SECONDS),
    cacheSeconds: Number(environment.LIST_CACHE_SECONDS),
  },
} as const;
/** For what a deployment records in a restored table. */
const unfenced = { ...deps, authority: { ...deps.authority, ...unfencedAuthorityReader(table) } };

/**
 * Rolls over the issuers, renews the certificates of the OCSP responder and the root's revocation lists, and publishes the
 * certificates of the CAs, and sees that the roots' keys are in the state that the settings say: on schedule, and as `Custom::AuthorityData` at each deployment, which fails without them. A deployment also records the CA
 * keys that it declares, and brings the additional roots of its settings.
 *
 * @throws Error where something could not be done, after everything else was tried: the schedule tries again.
 */
export async function handler(event: CloudFormationCustomResourceEvent | Scheduled): Promise<void> {
  const active = await activeRegionElsewhere(table);
  if (active !== undefined) await rest(event, active);
  else if (isDeployment(event))
    await answerCloudFormation(event, 'authority-data', await deployed(event, atDeployment));
  else throwIfAny(await run({ isDeployment: false }));
}

/**
 * The other Region maintains the authority. A deployment of the primary one declares its slots all the same: it alone makes
 * keys, and the standby's deployments find them by their slots.
 */
async function rest(event: CloudFormationCustomResourceEvent | Scheduled, active: string): Promise<void> {
  log.info('passive Region', { reason: `${active} is active` });
  if (isDeployment(event))
    await answerCloudFormation(event, 'authority-data', await deployed(event, declareIfPrimary));
}

/** Nothing that matters is in the event of the schedule. */
type Scheduled = Readonly<Record<string, never>>;

function isDeployment(
  event: CloudFormationCustomResourceEvent | Scheduled,
): event is CloudFormationCustomResourceEvent {
  return 'ResponseURL' in event;
}

async function deployed(
  event: CloudFormationCustomResourceEvent,
  act: (properties: unknown) => Promise<void>,
): Promise<Outcome> {
  if (event.RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  try {
    await act(event.ResourceProperties);
    return { status: 'SUCCESS', data: {} };
  } catch (error) {
    log.error('authority not maintained', { error });
    return { status: 'FAILED', reason: error instanceof Error ? error.message : 'unknown' };
  }
}

async function atDeployment(properties: unknown): Promise<void> {
  const slots = readSlots(properties);
  await declare(slots, { makesKeys: await makesKeys(slots) });
  await reconcileRoots(unfenced, readAdditionalRoots(properties));
  if (await isFenced()) log.warn('ledger fenced', { reason: 'the table was restored, and is not merged' });
  else throwIfAny((await run({ isDeployment: true })).filter(({ error }) => !isOfUnusableKey(error)));
}

async function declareIfPrimary(properties: unknown): Promise<void> {
  const slots = readSlots(properties);
  if (await makesKeys(slots)) await declare(slots, { makesKeys: true });
}

/** Whether this is the primary Region, or the only one. */
async function makesKeys(slots: readonly Slot[]): Promise<boolean> {
  const here = await table.client.config.region();
  return slots.every(({ keyArn }) => (primaryRegionOf(keyArn) ?? here) === here);
}

/** Records what the settings declare, also in a restored table: the merge does not bring it back, and nothing is signed. */
async function declare(
  slots: readonly Slot[],
  { makesKeys }: { readonly makesKeys: boolean },
): Promise<void> {
  const inEither = dynamoSlotStore({ ...table, writesIn: 'either' });
  const { written, removed } = await declareSlots({ ...unfenced, slots: inEither, makesKeys }, slots);
  for (const id of written) log.info('slot declared', { operation: id });
  for (const id of removed) log.info('slot removed', { operation: id });
}

async function isFenced(): Promise<boolean> {
  try {
    await deps.authority.readAuthority();
    return false;
  } catch (error) {
    if (error instanceof AppError && error.code === 'authority_not_ready') return true;
    throw error;
  }
}

/** A deployment finds the keys of new settings in the state of the old ones: that is not measured. */
async function run({ isDeployment }: { readonly isDeployment: boolean }): Promise<readonly Failed[]> {
  const rollover = await rollOverIssuers(deps);
  const { renewed, failed: undone, oldestListSeconds, responderSeconds } = await maintainAuthority(deps);
  const rootKeys = await checkRootKeys(deps);
  for (const rootId of rootKeys.disabled) log.warn('root key disabled', { rootId });
  for (const rootId of rootKeys.wrong) log.warn('root key in the wrong state', { rootId });
  for (const operation of rollover.done) log.info('issuer changed', { operation });
  for (const operation of renewed) log.info('renewed', { operation });
  const trustStore = await keepTrustStore({ isDeployment });
  const failed = [...rollover.failed, ...undone, ...rootKeys.failed, ...trustStore.failed];
  for (const { what: operation, error } of failed) log.error('not renewed', { operation, error });
  log.info(
    'authority maintained',
    { counts: { renewed: renewed.length, failed: failed.length } },
    metrics(
      ...measuredIfAny(OLDEST_ROOT_LIST_SECONDS, oldestListSeconds),
      ...measuredIfAny(RESPONDER_SECONDS, responderSeconds),
      ...measuredIfAny(ISSUANCE_SECONDS, rollover.issuanceSeconds),
      ...measuredIfAny(ROOT_KEYS_IN_WRONG_STATE, isDeployment ? undefined : rootKeys.wrong.length),
      ...measuredIfAny(TRUST_STORE_NOT_TAKEN, trustStore.notTaken),
    ),
  );
  return failed;
}

/** A deployment publishes it only: the domain may be made after it. @returns what is to be measured. */
async function keepTrustStore({ isDeployment }: { readonly isDeployment: boolean }): Promise<{
  readonly notTaken: number | undefined;
  readonly failed: readonly Failed[];
}> {
  if (domain === undefined) return { notTaken: undefined, failed: [] };
  try {
    const { outcome: published, etag } = await publishTrustStore(deps);
    if (published === 'published') log.info('renewed', { operation: 'trust store' });
    if (isDeployment) return { notTaken: undefined, failed: [] };
    const { outcome, warnings } = await useTrustStore(domain, etag);
    if (outcome === 'updated') log.info('renewed', { operation: 'trust store of the domain' });
    const reasons = outcome === 'no domain' ? [`there is no domain ${domainArn}`] : warnings;
    for (const reason of reasons) log.warn('trust store not taken', { reason });
    // Whether the domain took it is seen by the next run only. The alarm wants three.
    return { notTaken: outcome === 'taken' && reasons.length === 0 ? 0 : 1, failed: [] };
  } catch (error) {
    return { notTaken: isDeployment ? undefined : 1, failed: [{ what: 'trust store', error }] };
  }
}

interface Failed {
  readonly what: string;
  readonly error: unknown;
}

/**
 * A deployment goes on although a key is disabled or about to be deleted: somebody enables it after the deployment, or has
 * stopped a root that is disabled between uses. Alarms report the key.
 */
function isOfUnusableKey(error: unknown): boolean {
  if (!(error instanceof SigningError)) return false;
  const outcome = error.attempts.at(-1)?.outcome;
  return NOT_ENABLED.some((name) => name === outcome);
}

function throwIfAny(failed: readonly Failed[]): void {
  const [first] = failed;
  if (first === undefined) return;
  const reason = first.error instanceof Error ? first.error.message : 'unknown';
  throw new Error(`${failed.length} steps could not be done; ${first.what}: ${reason}`);
}
