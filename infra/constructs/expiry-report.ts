import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { LoggedValue } from './logged-value.ts';
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
 * Runs the report of expiring certificates daily, with an alarm for servers whose certificates end within three days, and a
 * metric by profile and days left. A metric costs only where there is something to count. Agents have no alarm: a host that
 * was scaled away lets its certificate end.
 */
export class ExpiryReport extends Construct {
  constructor(scope: Construct, id: string, { authority, reporter, alarmTopicArn }: ExpiryReportProps) {
    super(scope, id);
    const { logGroup } = reporter;
    new ScheduledFunction(this, 'Schedule', {
      fn: reporter,
      minutes: INTERVAL.toMinutes(),
      intervals: 2,
      runbook: RUNBOOK,
      alarmTopicArn,
    });
    new LoggedValue(this, 'EndingServers', {
      authority,
      logGroup,
      count: 'endingServers',
      metricName: 'EndingServerCertificates',
      period: INTERVAL,
      when: { highest: 1 },
      runbook: RUNBOOK,
      alarmTopicArn,
    });
    new MetricFilter(this, 'Expiring', {
      logGroup,
      filterPattern: FilterPattern.exists('$.counts.certificates'),
      metricNamespace: `fleetseal/${authority}`,
      metricName: 'ExpiringCertificates',
      metricValue: '$.counts.certificates',
      dimensions: { Profile: '$.profile', DaysLeft: '$.daysLeft' },
    });
  }
}
