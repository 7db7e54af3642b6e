import type { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * The threshold that a period must reach. What is counted is summed. What is measured is the highest or the lowest value.
 * `share` is the average of values of 0 and 1. Values that cease to come raise the alarm with `fewerThan` and `highestOrMissing` only, and only after there were some.
 */
export type Threshold =
  | { readonly atLeast: number }
  | { readonly share: number }
  | { readonly fewerThan: number }
  | { readonly highest: number }
  | { readonly highestOrMissing: number }
  | { readonly lowest: number };

export interface OperatorAlarmProps {
  readonly metric: Metric;
  readonly period: Duration;
  readonly when: Threshold;
  /** Periods that must breach it. */
  readonly periods: number;
  /** The last periods, of which {@link periods} must breach it. @default - {@link periods}, so that they are consecutive */
  readonly outOf?: number;
  /** Heading of the runbook in docs/operations.md, checked by a test. */
  readonly runbook: string;
  /** @default - visible in CloudWatch only */
  readonly topicArn?: string | undefined;
}

/** An alarm that needs an operator; its description names the runbook. */
export class OperatorAlarm extends Construct {
  constructor(scope: Construct, id: string, props: OperatorAlarmProps) {
    super(scope, id);
    const { statistic, threshold, tooLow, filled } = readThreshold(props.when);
    const metric = props.metric.with({ period: props.period, statistic });
    const alarm = new Alarm(this, 'Alarm', {
      metric: filled === undefined ? metric : onceThereWereValues(metric, filled, props.period),
      threshold,
      evaluationPeriods: props.outOf ?? props.periods,
      datapointsToAlarm: props.periods,
      comparisonOperator: tooLow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: filled === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.MISSING,
      alarmDescription: `Runbook: docs/operations.md, "${props.runbook}"`,
    });
    if (props.topicArn === undefined) return;
    const action = new SnsAction(Topic.fromTopicArn(this, 'Topic', props.topicArn));
    alarm.addAlarmAction(action);
    if (filled !== undefined) alarm.addInsufficientDataAction(action);
  }
}

/**
 * The metric with `filled` where a value is missing, but nothing before the first one: with `treatMissingData: breaching`
 * an alarm would ring when it is created, since Lambda's metrics come a minute or two after the first run. A gap repeats
 * the value before it (CloudWatch user guide, "Using metric math", FILL), of which nothing is left here but that there
 * was one. Where all values have left the evaluation range, the alarm goes from ALARM to INSUFFICIENT_DATA, which notifies
 * again; a new alarm is in that state from the start, which notifies nobody (PutMetricAlarm, "Actions on a state change").
 */
function onceThereWereValues(metric: Metric, filled: number, period: Duration): IMetric {
  return new MathExpression({
    expression: `FILL(given, ${filled}) + 0 * FILL(given, REPEAT)`,
    usingMetrics: { given: metric },
    label: metric.metricName,
    period,
  });
}

function readThreshold(when: Threshold) {
  const filled = undefined;
  if ('atLeast' in when) return { statistic: 'Sum', threshold: when.atLeast, tooLow: false, filled };
  if ('share' in when) return { statistic: 'Average', threshold: when.share, tooLow: false, filled };
  if ('highest' in when) return { statistic: 'Maximum', threshold: when.highest, tooLow: false, filled };
  if ('lowest' in when) return { statistic: 'Minimum', threshold: when.lowest, tooLow: true, filled };
  if ('fewerThan' in when) return { statistic: 'Sum', threshold: when.fewerThan, tooLow: true, filled: 0 };
  const threshold = when.highestOrMissing;
  return { statistic: 'Maximum', threshold, tooLow: false, filled: threshold };
}
