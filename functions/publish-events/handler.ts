import { readEnvironment } from '../../shared/config/environment.ts';
import { hasTwoRegions } from '../../shared/config/two-regions.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { createLog } from '../../shared/observability/log.ts';
import { eventBridgeClient, eventBus } from '../../shared/publish/event-bus.ts';
import { publishCertificateEvents } from '../../shared/rotation/certificate-events.ts';
import type { CertificateChange } from '../../shared/rotation/ports.ts';
import { publishEvents } from '../../shared/rotation/publish-events.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { dynamoAuthorityEventLog } from '../../shared/store/authority-event-log.ts';
import { dynamoCertificateRecords } from '../../shared/store/certificate-records.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';
import { changesIn, type PublishEventsEvent } from './request.ts';

const environment = readEnvironment(['TABLE_NAME', 'EVENT_BUS_NAME']);
const log = createLog('publish-events');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const deps = {
  clock: systemClock,
  authority: dynamoAuthorityReader(table),
  log: dynamoAuthorityEventLog(table),
  records: dynamoCertificateRecords(table),
  events: eventBus({ client: eventBridgeClient(), busName: environment.EVENT_BUS_NAME }),
  isReplicated: hasTwoRegions(),
};

/**
 * Reads the ledger's stream: publishes what happened to certificates, in two Regions each on its bus, so that no move of the
 * work loses any. Every minute, without a batch: publishes what happened to issuers and roots since the last run. An operator
 * may invoke it with `{ "serialNumbers": [...] }` of revoked certificates.
 *
 * @throws Error where the bus did not take all of it: the stream or the next run publishes it again.
 */
export async function handler(event: PublishEventsEvent): Promise<void> {
  const changes = changesIn(event);
  if (changes !== undefined) return publishChanges(changes);
  const active = await activeRegionElsewhere(table);
  if (active !== undefined) return log.info('passive Region', { reason: `${active} is active` });
  for (const { id: operation } of await publishEvents(deps)) log.info('event published', { operation });
}

/** The log has the serial numbers of what could not be published, for an operator to publish it later. */
async function publishChanges(changes: readonly CertificateChange[]): Promise<void> {
  try {
    const published = await publishCertificateEvents(deps, changes);
    const counts = { changes: changes.length, published: published.length };
    log.info('certificate events published', { counts });
  } catch (error) {
    const serialNumbers = changes.map(({ serialNumber }) => serialNumber).join(' ');
    log.error('certificate events not published', { error, reason: { serialNumbers } });
    throw error;
  }
}
