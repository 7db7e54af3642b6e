import type { CloudWatchLogsEvent } from 'aws-lambda';
import { readEnvironment } from '../../shared/config/environment.ts';
import { createLog } from '../../shared/observability/log.ts';
import { eventBridgeClient, eventBus } from '../../shared/publish/event-bus.ts';
import { rejectedEnrollments } from '../../shared/rotation/rejected-enrollments.ts';
import { linesIn } from './request.ts';

const environment = readEnvironment(['EVENT_BUS_NAME']);
const log = createLog('publish-rejections');
const bus = eventBus({ client: eventBridgeClient(), busName: environment.EVENT_BUS_NAME });

/**
 * Reads the log of `enroll`: publishes the requests that it refused although their token was recognised.
 *
 * @throws Error where the bus did not take all of it: Lambda tries again.
 */
export async function handler(event: CloudWatchLogsEvent): Promise<void> {
  const events = rejectedEnrollments(linesIn(event));
  if (events.length > 0) await bus.publish(events);
  log.info('rejections published', { counts: { published: events.length } });
}
