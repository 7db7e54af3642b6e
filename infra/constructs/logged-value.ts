import type { Duration } from 'aws-cdk-lib';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OperatorAlarm, type Threshold } from './operator-alarm.ts';

export interface LoggedValueProps {
  readonly logGroup: ILogGroup;
  readonly authority: string;
  /** Member of `counts` in a log line. */
  readonly count: string;
  /** Name of the metric in the namespace `fleetseal/<authority>`. */
  readonly metricName: string;
  /** At least the interval of the lines. */
  readonly period: Duration;
  readonly when: Threshold;
  /** Heading of the runbook in docs/operations.md. */
  readonly runbook: string;
  /** @default - the alarm is visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** A metric of a number that a function logs, with an alarm. */
export class LoggedValue extends Construct {
  constructor(scope: Construct, id: string, props: LoggedValueProps) {
    super(scope, id);
    const field = `$.counts.${props.count}`;
    const filter = new MetricFilter(this, 'Filter', {
      logGroup: props.logGroup,
      filterPattern: FilterPattern.exists(field),
      metricNamespace: `fleetseal/${props.authority}`,
      metricName: props.metricName,
      metricValue: field,
    });
    new OperatorAlarm(this, 'Alarm', {
      metric: filter.metric(),
      period: props.period,
      when: props.when,
      // A run may miss its period by a moment: only several periods without one mean that none comes.
      periods: 'highestOrMissing' in props.when ? 3 : 1,
      runbook: props.runbook,
      topicArn: props.alarmTopicArn,
    });
  }
}
