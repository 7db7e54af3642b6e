import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { type SweepResult, sweepReservations } from '../../shared/issuance/sweep-reservations.ts';
import { createLog } from '../../shared/observability/log.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('sweep-reservations');
const store = dynamoIssuanceStore({
  client: dynamoClient(),
  tableName: environment.TABLE_NAME,
  rootIds: [],
  issuerIds: [],
});

/** Runs on a schedule: voids what was reserved and never finished. Fails loudly, so that its alarm rings. */
export async function handler(): Promise<SweepResult> {
  const result = await sweepReservations({ store, clock: systemClock });
  for (const serialNumber of result.voided) log.warn('reservation voided', { serialNumber, state: 'VOID' });
  log.info('swept', { counts: { voided: result.voided.length, left: result.left, more: result.more } });
  return result;
}
