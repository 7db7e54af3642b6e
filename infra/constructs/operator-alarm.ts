import type { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface OperatorAlarmProps {
  /** Counts failures, or events that must happen. */
  readonly metric: Metric;
  readonly period: Duration;
  /** How a period's values are added up. @default Sum */
  readonly statistic?: 'Sum' | 'Maximum';
  /** The threshold for a period. With `fewerThan`, missing data also raise the alarm. */
  readonly when: { readonly atLeast: number } | { readonly fewerThan: number };
  /** Consecutive periods that must breach it. */
  readonly periods: number;
  /** Heading of the runbook in docs/operations.md, checked by a test. */
  readonly runbook: string;
  /** @default - visible in CloudWatch only */
  readonly topicArn?: string | undefined;
}

/** An alarm that needs an operator; its description names the runbook. */
export class OperatorAlarm extends Construct {
  constructor(scope: Construct, id: string, props: OperatorAlarmProps) {
    super(scope, id);
    const { when } = props;
    const tooFew = 'fewerThan' in when;
    const alarm = new Alarm(this, 'Alarm', {
      metric: props.metric.with({ period: props.period, statistic: props.statistic ?? 'Sum' }),
      threshold: tooFew ? when.fewerThan : when.atLeast,
      evaluationPeriods: props.periods,
      comparisonOperator: tooFew
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: tooFew ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: `Runbook: docs/operations.md, "${props.runbook}"`,
    });
    if (props.topicArn !== undefined)
      alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn)));
  }
}
