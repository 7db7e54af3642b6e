import { setTimeout } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { OLDEST_LIST_SECONDS } from '../../shared/config/metrics.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { parseRevocationUrl, REVOCATION_URL_RULE } from '../../shared/domain/revocation-url.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { answerCloudFormation, type Outcome } from '../../shared/http/custom-resource.ts';
import { kmsCaSigner } from '../../shared/kms/ca-signer.ts';
import { logKmsAttempts } from '../../shared/observability/kms-attempts.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measuredIfAny, metrics } from '../../shared/observability/measurement.ts';
import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import {
  type PublicationReport,
  type PublishListsDependencies,
  publishAllLists,
  publishChangedLists,
} from '../../shared/revocation/publish-lists.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { changedShards } from '../../shared/store/changed-shards.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoRevokedCertificates } from '../../shared/store/revoked-entry.ts';
import { isDeployment, isStreamEvent, type PublishEvent } from './request.ts';

const environment = readEnvironment([
  'TABLE_NAME',
  'BUCKET_NAME',
  'REVOCATION_URL',
  'LIST_LIFETIME_SECONDS',
  'LIST_CACHE_SECONDS',
]);
const revocationUrl = parseRevocationUrl(environment.REVOCATION_URL);
if (revocationUrl === undefined)
  throw new AppError('internal', `REVOCATION_URL must be ${REVOCATION_URL_RULE}`);

const log = createLog('publish-crls');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const deps: PublishListsDependencies = {
  authority: dynamoAuthorityReader(table),
  revoked: dynamoRevokedCertificates(table),
  objects: s3ObjectStore({ client: s3Client(), bucketName: environment.BUCKET_NAME }),
  signer: kmsCaSigner({ onAttempt: logKmsAttempts(log) }),
  clock: systemClock,
  pause: setTimeout,
  revocationUrl,
  life: {
    lifetimeSeconds: Number(environment.LIST_LIFETIME_SECONDS),
    cacheSeconds: Number(environment.LIST_CACHE_SECONDS),
  },
};

/**
 * Publishes revocation lists: those of the shards that something was revoked in (the table's stream); on a schedule, those
 * that are missing, outdated or a third of their life old; all of them at a deployment, which fails without them.
 *
 * @throws Error where a list could not be published, after all others were: the stream and the schedule try again.
 */
export async function handler(event: PublishEvent): Promise<void> {
  const active = await activeRegionElsewhere(table);
  if (active !== undefined) await rest(event, active);
  else if (isDeployment(event))
    await answerCloudFormation(event, 'revocation-lists', await atDeployment(event));
  else if (isStreamEvent(event)) check(await publishChangedLists(deps, changedShards(event.Records)));
  else check(await all());
}

/** The other Region publishes: what this one has is not served until it is active, when all lists are made. */
async function rest(event: PublishEvent, active: string): Promise<void> {
  log.info('passive Region', { reason: `${active} is active` });
  if (isDeployment(event))
    await answerCloudFormation(event, 'revocation-lists', { status: 'SUCCESS', data: {} });
}

/** Runs by the stream measure no age, so that they can't hide that the schedule is gone. */
async function all(): Promise<PublicationReport> {
  const report = await publishAllLists(deps);
  const { lists, failed, oldestListSeconds } = report;
  log.info(
    'lists checked',
    { counts: { lists: lists.length, failed: failed.length } },
    metrics(...measuredIfAny(OLDEST_LIST_SECONDS, oldestListSeconds)),
  );
  return report;
}

async function atDeployment({ RequestType }: CloudFormationCustomResourceEvent): Promise<Outcome> {
  if (RequestType === 'Delete') return { status: 'SUCCESS', data: {} };
  try {
    check(await all());
    return { status: 'SUCCESS', data: {} };
  } catch (error) {
    return { status: 'FAILED', reason: error instanceof Error ? error.message : 'unknown' };
  }
}

/** Logs what became of each list. @throws Error that names the first that could not be published. */
function check({ lists, bundle, failed }: PublicationReport): void {
  for (const { path, outcome, state } of lists) {
    const fields = { list: path, outcome, counts: { entries: state?.entries } };
    if (outcome === 'published') log.info('list published', fields);
    if (outcome === 'too_large') log.warn('list too large', fields);
  }
  if (bundle === 'published') log.info('bundle published');
  for (const { path, error } of failed) log.error('list not published', { list: path, error });
  const [first] = failed;
  if (first === undefined) return;
  const reason = first.error instanceof Error ? first.error.message : 'unknown';
  throw new Error(
    `${failed.length} of the revocation lists could not be published; ${first.path}: ${reason}`,
  );
}
