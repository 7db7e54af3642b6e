import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { createLog } from '../../shared/observability/log.ts';
import { s3Client } from '../../shared/publish/client.ts';
import { s3ObjectStore } from '../../shared/publish/object-store.ts';
import { type MergeReport, mergeLedger } from '../../shared/restore/merge-ledger.ts';
import { dynamoBlockLedger } from '../../shared/store/block-ledger.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoFormerLedger } from '../../shared/store/former-ledger.ts';
import { dynamoRestoredLedger } from '../../shared/store/restored-ledger.ts';
import { dynamoRevocationLedger } from '../../shared/store/revoke.ts';
import { dynamoTokenStore } from '../../shared/store/token-store.ts';
import { readMergeRequest } from './request.ts';

const environment = readEnvironment(['TABLE_NAME', 'FORMER_TABLE_NAME', 'BUCKET_NAME']);
const log = createLog('merge-ledger');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const deps = {
  restored: dynamoRestoredLedger(table),
  ledger: { ...dynamoRevocationLedger(table), ...dynamoBlockLedger(table) },
  tokens: dynamoTokenStore(table),
  objects: s3ObjectStore({ client: s3Client(), bucketName: environment.BUCKET_NAME }),
  clock: systemClock,
  pause: setTimeout,
  random: (length: number) => Uint8Array.from(randomBytes(length)),
  formerLedger: (former: string) => {
    if (former === environment.FORMER_TABLE_NAME) return dynamoFormerLedger({ ...table, former });
    throw new AppError(
      'state_conflict',
      `The table ${table.tableName} was restored from ${former}, but the settings name ${environment.FORMER_TABLE_NAME}. Set restoredLedger.formerTableName to ${former}, and deploy.`,
    );
  },
};

/** What is left of the function's time when it begins no other page. */
const RESERVE_MILLISECONDS = 120_000;

/**
 * Invoked by an operator, with `{}` to look and `{ "apply": true }` to merge, until the report says that the ledger is
 * open. May run twice, at the same time, and be cut off anywhere.
 *
 * @throws Error where it cannot go on; the message says why.
 */
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<MergeReport> {
  const isTimeLeft = () => context.getRemainingTimeInMillis() > RESERVE_MILLISECONDS;
  const request = readMergeRequest(event);
  const report = await mergeLedger({ ...deps, isTimeLeft }, request);
  const { certificates, open, next } = report;
  for (const serialNumber of certificates?.refused ?? [])
    log.warn('certificate not merged', { serialNumber });
  log.info('ledger merged', { outcome: open ? 'open' : 'fenced', reason: next });
  return report;
}
