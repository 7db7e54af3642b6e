import { CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Environment } from '../../shared/config/environment.ts';
import { OLDEST_LIST_SECONDS } from '../../shared/config/metrics.ts';
import type { Placement } from '../settings/regions.ts';
import type { Settings } from '../settings/settings.ts';
import { LedgerStream } from './ledger-stream.ts';
import type { LedgerTable } from './ledger-table.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { ScheduledFunction } from './scheduled-function.ts';
import type { ServiceFunction } from './service-function.ts';

export interface PublicationProps {
  readonly settings: Settings;
  readonly publisher: ServiceFunction;
  readonly environment: Environment;
  readonly table: LedgerTable;
  /** @default - one Region */
  readonly placement?: Placement | undefined;
}

const RUNBOOK = 'Revocation lists are old';

/** How often every list is compared with the ledger: what the stream gave up is repaired by then. */
const CHECK_MINUTES = 5;

/**
 * Publishes the revocation lists of the issuers: within seconds of a revocation, on a schedule those that are missing,
 * differ from the ledger or are a third of their life old, and all at deployment, so that every list exists before the
 * first certificate does. What the stream gives up is left to the schedule, so that one list that cannot be built holds up
 * no other for long.
 */
export class Publication extends Construct {
  constructor(scope: Construct, id: string, props: PublicationProps) {
    super(scope, id);
    const { settings, publisher, environment, table, placement } = props;
    const { authority, alarmTopicArn, revocation } = settings;
    const lists = new CustomResource(this, 'Lists', {
      serviceToken: publisher.fn.functionArn,
      serviceTimeout: Duration.minutes(10),
      resourceType: 'Custom::RevocationLists',
      properties: {
        revocationUrl: environment.REVOCATION_URL,
        issuerIds: environment.ISSUER_IDS,
        listLifetimeSeconds: environment.LIST_LIFETIME_SECONDS,
        // Where it changes, what the other Region did until then is done here.
        activeRegion: placement?.active,
      },
    });
    lists.node.addDependency(publisher);
    const schedule = new ScheduledFunction(this, 'Schedule', {
      fn: publisher.fn,
      minutes: CHECK_MINUTES,
      runbook: RUNBOOK,
      alarmTopicArn,
    });
    const age = new MeasuredAlarm(this, 'Age', {
      authority,
      metric: OLDEST_LIST_SECONDS,
      period: Duration.minutes(CHECK_MINUTES),
      when: { highestOrMissing: Duration.hours(revocation.listLifetimeHours).toSeconds() / 2 },
      runbook: RUNBOOK,
      alarmTopicArn,
    });
    for (const later of [schedule, age]) later.node.addDependency(lists);
    new LedgerStream(this, 'Stream', {
      table,
      reader: publisher,
      changes: ['revocations'],
      batchSize: 1000,
      retries: 5,
      maxAge: Duration.minutes(15),
      runbook: RUNBOOK,
      alarmTopicArn,
    });
  }
}
