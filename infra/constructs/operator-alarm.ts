import type { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface OperatorAlarmProps {
  /** Counts what is wrong. */
  readonly metric: Metric;
  readonly period: Duration;
  /** How many in one period are too many. */
  readonly atLeast: number;
  /** In how many periods in a row. */
  readonly periods: number;
  /** The heading of the runbook in docs/operations.md; a test finds it there. */
  readonly runbook: string;
  /** @default - rings in CloudWatch alone */
  readonly topicArn?: string | undefined;
}

/** An alarm that somebody must act on; its description says where the runbook is. */
export class OperatorAlarm extends Construct {
  constructor(scope: Construct, id: string, props: OperatorAlarmProps) {
    super(scope, id);
    const alarm = new Alarm(this, 'Alarm', {
      metric: props.metric.with({ period: props.period, statistic: 'Sum' }),
      threshold: props.atLeast,
      evaluationPeriods: props.periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `docs/operations.md: ${props.runbook}`,
    });
    if (props.topicArn !== undefined)
      alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn)));
  }
}
