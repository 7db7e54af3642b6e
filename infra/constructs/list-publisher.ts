import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type IFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { PARTITIONS, TABLE_KEY } from '../../shared/config/table.ts';
import { OperatorAlarm } from './operator-alarm.ts';
import { ScheduledFunction } from './scheduled-function.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

export interface ListPublisherProps extends Omit<ServiceFunctionProps, 'name'> {
  readonly authority: string;
  readonly bucket: IBucket;
  /** Of the lists of issuers. */
  readonly lifetimeSeconds: number;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** Heading in docs/operations.md. */
const RUNBOOK = 'Revocation lists are old';

/** How often every list is compared with the ledger: what the stream lost is repaired by then. */
const CHECK_MINUTES = 5;

/**
 * Publishes revocation lists: the table's stream invokes the function within a second of a revocation, once for all
 * revocations of that second; a schedule checks every list. What the stream gives up is left to the schedule, so one list
 * that cannot be built holds up no other for long.
 */
export class ListPublisher extends Construct {
  readonly fn: IFunction;

  constructor(scope: Construct, id: string, props: ListPublisherProps) {
    super(scope, id);
    const { authority, bucket, table, lifetimeSeconds, alarmTopicArn } = props;
    const { fn, policy } = new ServiceFunction(this, 'PublishCrls', { ...props, name: 'publish-crls' });
    this.fn = fn;
    policy.addStatements(
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [bucket.arnForObjects('crl/*')],
      }),
      // Without it, S3 does not tell a list that is missing from one that is forbidden.
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
      ...table.streamStatements(),
    );
    const bucketId = Stack.of(this).getLogicalId(bucket.node.defaultChild as CfnBucket);
    Validations.of(policy).acknowledge(
      {
        id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/crl/*]`,
        reason: 'The wildcard stands for a revocation list: its issuer and shard.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Lambda asks for dynamodb:ListStreams, which knows no resource.',
      },
    );
    new EventSourceMapping(this, 'Revocations', {
      target: fn,
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 1000,
      maxBatchingWindow: Duration.seconds(1),
      retryAttempts: 5,
      maxRecordAge: Duration.minutes(15),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { [TABLE_KEY.partition]: { S: FilterRule.beginsWith(PARTITIONS.revoked) } } },
        }),
      ],
    }).node.addDependency(policy);
    new ScheduledFunction(this, 'Schedule', { fn, minutes: CHECK_MINUTES, runbook: RUNBOOK, alarmTopicArn });
    const age = new MetricFilter(this, 'Age', {
      logGroup: fn.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', 'lists checked'),
      metricNamespace: `fleetseal/${authority}`,
      metricName: 'OldestListSeconds',
      metricValue: '$.counts.oldestListSeconds',
    });
    new OperatorAlarm(this, 'Old', {
      metric: age.metric(),
      statistic: 'Maximum',
      period: Duration.minutes(CHECK_MINUTES),
      periods: 3,
      // Lists are renewed after a third of their life: this rings while they are valid for as long again.
      when: { atLeast: Math.floor(lifetimeSeconds / 2) },
      runbook: RUNBOOK,
      topicArn: alarmTopicArn,
    });
  }
}
