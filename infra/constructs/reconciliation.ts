import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  RECONCILIATION_BEHIND_SECONDS,
  ROOT_SIGNATURES_UNEXPLAINED,
  SIGNATURES_UNEXPLAINED,
} from '../../shared/config/metrics.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { ScheduledFunction } from './scheduled-function.ts';
import type { ServiceFunction } from './service-function.ts';

export interface ReconciliationProps {
  readonly authority: string;
  readonly reconciler: ServiceFunction;
  /** The logs of the functions that sign. */
  readonly logGroups: readonly ILogGroup[];
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

const RUNBOOK = 'Signatures are not explained';

const INTERVAL = Duration.hours(1);

/**
 * Compares the uses of the CA keys with the logs of the functions that sign, every hour, with an alarm for a use that nobody
 * logged. It is in the stack of the keys, so that it goes on when the service is deleted.
 */
export class Reconciliation extends Construct {
  constructor(scope: Construct, id: string, props: ReconciliationProps) {
    super(scope, id);
    const { authority, reconciler, logGroups, alarmTopicArn } = props;
    reconciler.policy.addStatements(
      new PolicyStatement({ actions: ['cloudtrail:LookupEvents'], resources: ['*'] }),
      new PolicyStatement({
        actions: ['logs:FilterLogEvents'],
        resources: logGroups.map(({ logGroupArn }) => logGroupArn),
      }),
    );
    Validations.of(reconciler.policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'cloudtrail:LookupEvents knows no resource; the event history has no secrets.',
    });
    new ScheduledFunction(this, 'Schedule', {
      fn: reconciler.fn,
      minutes: INTERVAL.toMinutes(),
      runbook: RUNBOOK,
      alarmTopicArn,
    });
    const measured = { authority, period: INTERVAL, alarmTopicArn, runbook: RUNBOOK };
    new MeasuredAlarm(this, 'Unexplained', {
      ...measured,
      metric: SIGNATURES_UNEXPLAINED,
      when: { highest: 1 },
    });
    new MeasuredAlarm(this, 'RootUnexplained', {
      ...measured,
      metric: ROOT_SIGNATURES_UNEXPLAINED,
      when: { highest: 1 },
      runbook: 'A root was used without a record',
    });
    new MeasuredAlarm(this, 'Behind', {
      ...measured,
      metric: RECONCILIATION_BEHIND_SECONDS,
      when: { highest: Duration.hours(12).toSeconds() },
    });
  }
}
