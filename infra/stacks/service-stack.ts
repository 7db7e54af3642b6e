import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { REQUESTS_REFUSED, SWEEP_BEHIND_SECONDS } from '../../shared/config/metrics.ts';
import { ROUTES, type Route } from '../../shared/config/routes.ts';
import type { Bundles } from '../bundle.ts';
import { CertificateArchive } from '../constructs/certificate-archive.ts';
import { ExpiryReport } from '../constructs/expiry-report.ts';
import { FleetConnector } from '../constructs/fleet-connector.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { LedgerStream } from '../constructs/ledger-stream.ts';
import { MeasuredAlarm } from '../constructs/measured-alarm.ts';
import { RejectionEvents } from '../constructs/rejection-events.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import { ServiceFunction } from '../constructs/service-function.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, type Trigger } from '../functions.ts';
import { pascal } from '../logical-id.ts';
import type { Settings } from '../settings/settings.ts';
import type { AuthorityStack, Signer } from './authority-stack.ts';

export interface ServiceStackProps extends StackProps {
  readonly settings: Settings;
  readonly bundles: Bundles;
  readonly authority: AuthorityStack;
}

/** Rejected tokens in five minutes: more than some hosts make that try again with a spent token. */
const GUESSES = 100;

/** What makes functions with these triggers: the other stack, and a construct of their own. */
const OTHERWISE_MADE: ReadonlySet<Trigger> = new Set(['authority', 'connector', 'restore', 'archive']);

/** The routes of the functions that have any. */
const SERVED: Readonly<Partial<Record<FunctionName, readonly Route[]>>> = ROUTES;

/**
 * The stateless part: what the API serves, functions, schedules. It can be deleted and deployed again at any time: the API's
 * hostname, operators' policies, keys and records are in the other stack.
 */
export class ServiceStack extends Stack {
  /** Base URL of the API, with the version. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const settings = { ...props.settings, alarmTopicArn: props.authority.alarmTopicArn };
    const connector = this.fleetConnector({ ...props, settings });
    const functions = this.functions({ ...props, settings }, connector);
    const api = new HttpApi(this, 'HttpApi', {
      authority: settings.authority,
      endpoint: props.authority.endpoint,
      fallback: functions('answer-not-found'),
      api: settings.api,
      throttle: settings.throttle,
      quotas: settings.quotas,
      logRetentionDays: settings.logRetentionDays,
      alarmTopicArn: settings.alarmTopicArn,
    });
    for (const name of FUNCTION_NAMES)
      for (const route of SERVED[name] ?? []) api.addRoute(route, functions(name));
    if (settings.archive !== undefined)
      new CertificateArchive(this, 'Archive', {
        authority: settings.authority,
        bundles: props.bundles,
        table: props.authority.table,
        archive: props.authority.archive,
        environment: props.authority.variables,
        logRetentionDays: settings.logRetentionDays,
        alarmTopicArn: settings.alarmTopicArn,
      });
    new MeasuredAlarm(this, 'TokensRejected', {
      authority: settings.authority,
      metric: REQUESTS_REFUSED,
      dimensions: { Code: 'token_rejected' },
      period: Duration.minutes(5),
      when: { atLeast: GUESSES },
      periods: 3,
      runbook: 'Tokens are rejected',
      alarmTopicArn: settings.alarmTopicArn,
    });
    this.url = api.url;
    new CfnOutput(this, 'Url', { value: api.url, description: 'Base URL of the API, with the version.' });
    props.authority.guard.protectsStack(this);
  }

  private fleetConnector({ settings, authority, bundles }: ServiceStackProps): FleetConnector | undefined {
    if (settings.fleetConnector === undefined) return undefined;
    return new FleetConnector(this, 'FleetConnector', {
      authority: settings.authority,
      bundles,
      table: authority.table,
      bus: authority.bus,
      environment: authority.variables,
      logRetentionDays: settings.logRetentionDays,
      apiKeySecretArn: settings.fleetConnector.apiKeySecretArn,
      alarmTopicArn: settings.alarmTopicArn,
    });
  }

  /**
   * Makes the functions of this stack.
   *
   * @param connector what hears of revocations, if anything does
   * @returns finds one by name.
   */
  private functions(
    props: ServiceStackProps,
    connector: FleetConnector | undefined,
  ): (name: FunctionName) => IFunction {
    const { settings, authority, bundles } = props;
    const signers: Partial<Record<FunctionName, Signer>> = authority.signers;
    const functions = new Map<FunctionName, IFunction>();
    for (const name of FUNCTION_NAMES) {
      if (OTHERWISE_MADE.has(FUNCTIONS[name].trigger)) continue;
      const made = new ServiceFunction(this, pascal(name), {
        name,
        authority: settings.authority,
        bundles,
        table: authority.table,
        bus: authority.bus,
        archive: authority.archive,
        environment: authority.variables,
        logRetentionDays: settings.logRetentionDays,
        ...signers[name],
        ...(name === 'enroll' ? { reservedConcurrency: settings.enrollConcurrency } : {}),
      });
      const { fn } = made;
      functions.set(name, fn);
      if (name === 'sweep-reservations') this.sweep(fn, settings);
      if (name === 'measure-adoption')
        new ScheduledFunction(this, 'MeasureAdoptionSchedule', {
          fn,
          minutes: 60,
          runbook: 'Adoption is not measured',
          alarmTopicArn: settings.alarmTopicArn,
        });
      if (name === 'publish-events') this.publishEvents(made, settings, authority, connector);
      if (name === 'publish-rejections')
        new RejectionEvents(this, 'RejectionEvents', {
          publisher: made,
          enrollLog: authority.signers.enroll.logGroup,
        });
      if (name === 'report-expiry') new ExpiryReport(this, 'ExpiryReport', { ...settings, reporter: fn });
    }
    return (name) => {
      const fn = functions.get(name);
      if (fn === undefined) throw new Error(`${name} is not a function of this stack`);
      return fn;
    };
  }

  /** Two triggers: a schedule for issuers and roots, the stream of the ledger for certificates. */
  private publishEvents(
    publisher: ServiceFunction,
    settings: Settings,
    { table }: AuthorityStack,
    connector: FleetConnector | undefined,
  ): void {
    const common = { runbook: 'Events are not published', alarmTopicArn: settings.alarmTopicArn };
    new ScheduledFunction(this, 'PublishEventsSchedule', {
      ...common,
      fn: publisher.fn,
      minutes: 1,
      intervals: 5,
    });
    const stream = new LedgerStream(this, 'PublishEventsStream', {
      ...common,
      table,
      reader: publisher,
      changes: settings.certificateEvents === 'all' ? ['revocations', 'certificates'] : ['revocations'],
      batchSize: 100,
      maxAge: Duration.hours(6),
    });
    // What the stream still has of the day before is published at once: the rule and its queues are there to take it.
    if (connector !== undefined) stream.node.addDependency(connector);
  }

  private sweep(fn: LambdaFunction, { authority, sweepIntervalMinutes, alarmTopicArn }: Settings): void {
    const common = { runbook: 'Reservations stay open', alarmTopicArn };
    new ScheduledFunction(this, 'SweepReservationsSchedule', {
      ...common,
      fn,
      minutes: sweepIntervalMinutes,
    });
    // Three runs in a row end with work left.
    new MeasuredAlarm(this, 'SweepBacklog', {
      ...common,
      authority,
      metric: SWEEP_BEHIND_SECONDS,
      period: Duration.minutes(sweepIntervalMinutes),
      periods: 3,
      when: { atLeast: 1 },
    });
  }
}
