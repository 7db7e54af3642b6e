import { readEnvironment } from '../../shared/config/environment.ts';
import { SWEEP_BEHIND_SECONDS } from '../../shared/config/metrics.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { type SweepResult, sweepReservations } from '../../shared/issuance/sweep-reservations.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measured, metrics } from '../../shared/observability/measurement.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('sweep-reservations');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const store = dynamoIssuanceStore({ ...table, rootIds: [], issuerIds: [] });
const fence = dynamoLedgerFence(table);

/**
 * Runs on a schedule: voids what was reserved and never finished, until its time is used. It rests in the passive Region.
 *
 * @throws Error where one of them could not be voided, after all others were: the alarm shall ring. @throws AppError
 * `authority_not_ready` where the ledger is fenced: a restored reservation may be of a certificate that was issued since.
 */
export async function handler(
  _event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<SweepResult | undefined> {
  const active = await activeRegionElsewhere(table);
  if (active !== undefined) {
    log.info('passive Region', { reason: `${active} is active` });
    return undefined;
  }
  await fence.checkOpen();
  const remainingMilliseconds = () => context.getRemainingTimeInMillis();
  const result = await sweepReservations({ store, clock: systemClock, remainingMilliseconds });
  const { voided, left, failed, behindSeconds } = result;
  for (const serialNumber of voided) log.warn('reservation voided', { serialNumber, state: 'VOID' });
  for (const { serialNumber, error } of failed) log.error('reservation not voided', { serialNumber, error });
  log.info(
    'swept',
    { counts: { voided: voided.length, left, failed: failed.length } },
    metrics(measured(SWEEP_BEHIND_SECONDS, behindSeconds)),
  );
  if (failed.length > 0) throw new Error(`${failed.length} reservations could not be voided`);
  return result;
}
