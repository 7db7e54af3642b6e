import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENDING_SERVER_CERTIFICATES } from '../../shared/config/metrics.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { ScheduledFunction } from './scheduled-function.ts';

export interface ExpiryReportProps {
  readonly authority: string;
  readonly reporter: LambdaFunction;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

const RUNBOOK = 'Certificates end without renewal';

const INTERVAL = Duration.days(1);

/**
 * Runs the report of expiring certificates daily, with an alarm for servers whose certificates end within three days. Agents
 * have no alarm: a host that was scaled away lets its certificate end.
 */
export class ExpiryReport extends Construct {
  constructor(scope: Construct, id: string, { authority, reporter, alarmTopicArn }: ExpiryReportProps) {
    super(scope, id);
    new ScheduledFunction(this, 'Schedule', {
      fn: reporter,
      minutes: INTERVAL.toMinutes(),
      intervals: 2,
      runbook: RUNBOOK,
      alarmTopicArn,
    });
    new MeasuredAlarm(this, 'EndingServers', {
      authority,
      metric: ENDING_SERVER_CERTIFICATES,
      period: INTERVAL,
      when: { highest: 1 },
      runbook: RUNBOOK,
      alarmTopicArn,
    });
  }
}
