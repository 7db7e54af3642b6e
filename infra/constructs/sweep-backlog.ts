import { Duration } from 'aws-cdk-lib';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OperatorAlarm } from './operator-alarm.ts';

export interface SweepBacklogProps {
  /** Of the sweeper. */
  readonly logGroup: ILogGroup;
  readonly authority: string;
  /** Between two runs. */
  readonly minutes: number;
  /** Heading of docs/operations.md for when the sweeper can't keep up. */
  readonly runbook: string;
  /** @default - the alarm only rings in CloudWatch */
  readonly alarmTopicArn?: string | undefined;
}

/**
 * Measures how long the oldest reservation that a run had no time for is due, from the line that each run logs, and rings
 * when three runs in a row end with work left.
 */
export class SweepBacklog extends Construct {
  constructor(scope: Construct, id: string, props: SweepBacklogProps) {
    super(scope, id);
    const filter = new MetricFilter(this, 'Filter', {
      logGroup: props.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'swept'),
      metricNamespace: `fleetseal/${props.authority}`,
      metricName: 'SweepBehindSeconds',
      metricValue: '$.counts.behindSeconds',
    });
    new OperatorAlarm(this, 'Behind', {
      metric: filter.metric(),
      period: Duration.minutes(props.minutes),
      periods: 3,
      when: { atLeast: 1 },
      runbook: props.runbook,
      topicArn: props.alarmTopicArn,
    });
  }
}
