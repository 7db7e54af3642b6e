import { randomBytes } from 'node:crypto';
import { type ArchiveReport, archiveCertificates } from '../../shared/archive/archive-certificates.ts';
import { readEnvironment } from '../../shared/config/environment.ts';
import { ARCHIVE_BEHIND_SECONDS } from '../../shared/config/metrics.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measured, metrics } from '../../shared/observability/measurement.ts';
import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import { dynamoArchivingLedger } from '../../shared/store/archive-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';

const environment = readEnvironment(['TABLE_NAME', 'ARCHIVE_BUCKET_NAME', 'ARCHIVE_AFTER_SECONDS']);
const log = createLog('archive-certificates');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const fence = dynamoLedgerFence(table);
const deps = {
  ledger: dynamoArchivingLedger(table),
  objects: s3ObjectStore({ client: s3Client(), bucketName: environment.ARCHIVE_BUCKET_NAME }),
  clock: systemClock,
  random: (length: number) => Uint8Array.from(randomBytes(length)),
  afterSeconds: Number(environment.ARCHIVE_AFTER_SECONDS),
};

/**
 * Runs on a schedule: moves certificates that expired long ago to the archive, until its time is used.
 *
 * @throws AppError `authority_not_ready` where the ledger is fenced: what a merge compares must not leave. @throws Error
 * where the table or the bucket is out of reach: the next run begins again.
 */
export async function handler(
  _event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<ArchiveReport> {
  await fence.checkOpen();
  const remainingMilliseconds = () => context.getRemainingTimeInMillis();
  const report = await archiveCertificates({ ...deps, remainingMilliseconds });
  const { archived, objects, left, behindSeconds } = report;
  log.info(
    'certificates archived',
    { counts: { archived, objects, left } },
    metrics(measured(ARCHIVE_BEHIND_SECONDS, behindSeconds)),
  );
  return report;
}
