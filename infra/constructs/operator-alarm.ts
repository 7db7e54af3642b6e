import type { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface OperatorAlarmProps {
  /** Counts what is wrong, or what must happen. */
  readonly metric: Metric;
  readonly period: Duration;
  /** Rings when one period counts at least so many; or fewer than so many, no data at all included. */
  readonly when: { readonly atLeast: number } | { readonly fewerThan: number };
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
    const { when } = props;
    const tooFew = 'fewerThan' in when;
    const alarm = new Alarm(this, 'Alarm', {
      metric: props.metric.with({ period: props.period, statistic: 'Sum' }),
      threshold: tooFew ? when.fewerThan : when.atLeast,
      evaluationPeriods: props.periods,
      comparisonOperator: tooFew
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: tooFew ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      alarmDescription: `docs/operations.md: ${props.runbook}`,
    });
    if (props.topicArn !== undefined)
      alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn)));
  }
}
