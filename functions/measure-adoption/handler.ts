import { readEnvironment } from '../../shared/config/environment.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measureAdoption } from '../../shared/rotation/measure-adoption.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { dynamoAdoptionRecords } from '../../shared/store/adoption-records.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';
import { dynamoRootStore } from '../../shared/store/root-store.ts';

const environment = readEnvironment(['TABLE_NAME']);
const log = createLog('measure-adoption');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

/** Runs on a schedule: measures how many hosts trust a root that waits to be activated; without one it does nothing. */
export async function handler(): Promise<void> {
  const active = await activeRegionElsewhere(table);
  if (active !== undefined) return log.info('passive Region', { reason: `${active} is active` });
  const measured = await measureAdoption({
    authority: dynamoAuthorityReader(table),
    roots: dynamoRootStore(table),
    certificates: dynamoCertificateListing(table),
    records: dynamoAdoptionRecords(table),
    clock: systemClock,
  });
  for (const { id: rootId, adoption } of measured)
    log.info('adoption measured', {
      rootId,
      counts: { live: adoption?.live ?? 0, adopted: adoption?.adopted ?? 0 },
    });
}
