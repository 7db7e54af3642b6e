import { readEnvironment } from '../../shared/config/environment.ts';
import { createLog } from '../../shared/observability/log.ts';
import { eventBridgeClient, eventBus } from '../../shared/publish/event-bus.ts';
import { publishEvents } from '../../shared/rotation/publish-events.ts';
import { dynamoAuthorityEventLog } from '../../shared/store/authority-event-log.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoAuthorityReader } from '../../shared/store/read-authority.ts';

const environment = readEnvironment(['TABLE_NAME', 'EVENT_BUS_NAME']);
const log = createLog('publish-events');
const table = { client: dynamoClient(), tableName: environment.TABLE_NAME };

/**
 * Runs every minute: publishes what happened to issuers and roots since the last run.
 *
 * @throws Error where the bus did not take all of it: the next run publishes it again.
 */
export async function handler(): Promise<void> {
  const published = await publishEvents({
    authority: dynamoAuthorityReader(table),
    log: dynamoAuthorityEventLog(table),
    events: eventBus({ client: eventBridgeClient(), busName: environment.EVENT_BUS_NAME }),
  });
  for (const { id: operation } of published) log.info('event published', { operation });
}
