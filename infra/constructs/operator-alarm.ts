import type { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * The threshold that a period must reach. What is counted is summed, so that a count of `fewerThan` is one too where data
 * are missing. What is measured is the highest or the lowest value; missing data raise the alarm only where it says so.
 */
export type Threshold =
  | { readonly atLeast: number }
  | { readonly fewerThan: number }
  | { readonly highest: number }
  | { readonly highestOrMissing: number }
  | { readonly lowest: number };

export interface OperatorAlarmProps {
  readonly metric: Metric;
  readonly period: Duration;
  readonly when: Threshold;
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
    const { statistic, threshold, tooLow, missing } = readThreshold(props.when);
    const alarm = new Alarm(this, 'Alarm', {
      metric: props.metric.with({ period: props.period, statistic }),
      threshold,
      evaluationPeriods: props.periods,
      comparisonOperator: tooLow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: missing,
      alarmDescription: `Runbook: docs/operations.md, "${props.runbook}"`,
    });
    if (props.topicArn !== undefined)
      alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn)));
  }
}

function readThreshold(when: Threshold) {
  const missing = TreatMissingData.NOT_BREACHING;
  if ('atLeast' in when) return { statistic: 'Sum', threshold: when.atLeast, tooLow: false, missing };
  if ('highest' in when) return { statistic: 'Maximum', threshold: when.highest, tooLow: false, missing };
  if ('highestOrMissing' in when)
    return {
      statistic: 'Maximum',
      threshold: when.highestOrMissing,
      tooLow: false,
      missing: TreatMissingData.BREACHING,
    };
  if ('lowest' in when) return { statistic: 'Minimum', threshold: when.lowest, tooLow: true, missing };
  return { statistic: 'Sum', threshold: when.fewerThan, tooLow: true, missing: TreatMissingData.BREACHING };
}
