import { readEnvironment } from '../../shared/config/environment.ts';
import { ENDING_SERVER_CERTIFICATES, EXPIRING_CERTIFICATES } from '../../shared/config/metrics.ts';
import { systemClock } from '../../shared/domain/instant.ts';
import { createLog } from '../../shared/observability/log.ts';
import { measured, metrics } from '../../shared/observability/measurement.ts';
import { eventBridgeClient, eventBus } from '../../shared/publish/event-bus.ts';
import { type ExpiryReport, endingServers, reportExpiry } from '../../shared/rotation/expiry-report.ts';
import { activeRegionElsewhere } from '../../shared/store/active-region.ts';
import { dynamoCertificateListing } from '../../shared/store/certificate-listing.ts';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoExpiryLedger } from '../../shared/store/expiry-ledger.ts';

const environment = readEnvironment(['TABLE_NAME', 'EVENT_BUS_NAME']);
const options = { client: dynamoClient(), tableName: environment.TABLE_NAME };
const log = createLog('report-expiry');
const deps = {
  certificates: dynamoCertificateListing(options),
  ledger: dynamoExpiryLedger(options),
  events: eventBus({ client: eventBridgeClient(), busName: environment.EVENT_BUS_NAME }),
  clock: systemClock,
};

/**
 * Runs daily: publishes an event for each certificate that ends soon and that nobody renews, and measures how many
 * there are.
 *
 * @throws Error where an event could not be published or time ran out, after everything else was done.
 */
export async function handler(
  _event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<ExpiryReport | undefined> {
  const active = await activeRegionElsewhere(options);
  if (active !== undefined) {
    log.info('passive Region', { reason: `${active} is active` });
    return undefined;
  }
  const report = await reportExpiry({
    ...deps,
    remainingMilliseconds: () => context.getRemainingTimeInMillis(),
  });
  for (const { profile, days, count } of report.counts)
    log.info(
      'certificates expire',
      { profile, daysLeft: days, counts: { certificates: count } },
      metrics(measured(EXPIRING_CERTIFICATES, count, { Profile: profile, DaysLeft: String(days) })),
    );
  for (const error of report.failed) log.error('events not published', { error });
  const { published, failed, complete } = report;
  const outcome = complete ? 'complete' : 'out of time';
  log.info(
    'expiry reported',
    { outcome, counts: { published, failed: failed.length } },
    metrics(measured(ENDING_SERVER_CERTIFICATES, endingServers(report))),
  );
  if (failed.length > 0) throw new Error(`${failed.length} batches of events could not be published`);
  if (!complete) throw new Error('time ran out before the end of the report');
  return report;
}
