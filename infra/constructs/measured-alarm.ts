import type { Duration } from 'aws-cdk-lib';
import { Metric as CloudWatchMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DimensionOf, Metric } from '../../shared/config/metrics.ts';
import { metricsNamespaceOf } from '../../shared/config/metrics-namespace.ts';
import { OperatorAlarm, type OperatorAlarmProps } from './operator-alarm.ts';

export interface MeasuredAlarmProps<Of extends Metric = Metric<never>>
  extends Omit<OperatorAlarmProps, 'metric' | 'periods' | 'topicArn'> {
  readonly authority: string;
  readonly metric: Of;
  /** The value of each of the metric's dimensions. @default - it has none */
  readonly dimensions?: Readonly<Record<DimensionOf<Of>, string>>;
  /** At least the interval of the values. */
  readonly period: Duration;
  /** @default 1, or 3 where missing values raise the alarm: a run may miss its period by a moment */
  readonly periods?: number;
  /** @default - the alarm is visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** An alarm on a metric that functions emit. */
export class MeasuredAlarm<Of extends Metric = Metric<never>> extends Construct {
  /** Whether it rings when values cease to come. */
  readonly ringsWithoutValues: boolean;

  constructor(scope: Construct, id: string, props: MeasuredAlarmProps<Of>) {
    super(scope, id);
    const { authority, metric, dimensions, alarmTopicArn, ...alarm } = props;
    this.ringsWithoutValues = 'highestOrMissing' in props.when;
    new OperatorAlarm(this, 'Alarm', {
      periods: this.ringsWithoutValues ? 3 : 1,
      ...alarm,
      metric: functionMetric(authority, metric, dimensions),
      topicArn: alarmTopicArn,
    });
  }
}

/** A metric of the table, as CloudWatch knows it. */
function functionMetric<Of extends Metric>(
  authority: string,
  { name }: Of,
  dimensions: Readonly<Record<string, string>> = {},
): CloudWatchMetric {
  return new CloudWatchMetric({
    namespace: metricsNamespaceOf(authority),
    metricName: name,
    dimensionsMap: { ...dimensions },
  });
}
