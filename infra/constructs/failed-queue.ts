import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { OperatorAlarm, type OperatorAlarmProps } from './operator-alarm.ts';

/** A queue of what a function failed to do until the end, below `scope`, with an alarm for what is in it. */
export function failedQueue(
  scope: Construct,
  alarm: Pick<OperatorAlarmProps, 'runbook' | 'topicArn'>,
): Queue {
  const failed = new Queue(scope, 'Failed', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  const reason = 'It is the queue of what failed: people read it.';
  Validations.of(failed).acknowledge(
    { id: 'AwsSolutions-SQS3', reason },
    { id: 'Serverless-SQSRedrivePolicy', reason },
  );
  new OperatorAlarm(scope, 'GaveUp', {
    ...alarm,
    metric: failed.metricApproximateNumberOfMessagesVisible(),
    period: Duration.minutes(5),
    when: { highest: 1 },
    periods: 1,
  });
  return failed;
}
