import { Duration } from 'aws-cdk-lib';
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { OperatorAlarm } from './operator-alarm.ts';

export interface SweepBacklogProps {
  /** The sweeper's. */
  readonly logGroup: ILogGroup;
  readonly authority: string;
  /** The interval of its runs. */
  readonly minutes: number;
  /** Heading of the runbook in docs/operations.md. */
  readonly runbook: string;
  /** @default - the alarm is visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/**
 * Measures how far the sweeper is behind, from the line that each run logs: the seconds since the oldest reservation that
 * it had no time for was due. The alarm is raised when three runs in a row end with work left.
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
