import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PARTITIONS, TABLE_KEY } from '../../shared/config/table.ts';
import type { LedgerTable } from './ledger-table.ts';
import { OperatorAlarm } from './operator-alarm.ts';
import type { ServiceFunction } from './service-function.ts';

export interface RevokedStreamProps {
  readonly table: LedgerTable;
  readonly reader: ServiceFunction;
  readonly batchSize: number;
  /** Attempts after the first, until the record has its greatest age; a batch that fails is split in two. */
  readonly retries: number;
  readonly maxAge: Duration;
  /** Heading of the runbook in docs/operations.md. */
  readonly runbook: string;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** What comes in a second is one batch, so that bursts are dealt with once. */
const WINDOW = Duration.seconds(1);

/**
 * Invokes a function with every new entry of the revoked certificates, at least once, from the stream of the ledger. Two
 * functions at most can read a stream without being throttled (DynamoDB developer guide, "Reading and processing a
 * stream").
 *
 * What fails to the end goes to a queue, with an alarm; a second alarm tells that the function is behind.
 */
export class RevokedStream extends Construct {
  constructor(scope: Construct, id: string, props: RevokedStreamProps) {
    super(scope, id);
    const { table, reader, runbook, alarmTopicArn } = props;
    const failed = new Queue(this, 'Failed', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const reason = 'It is the queue of what failed: people read it.';
    Validations.of(failed).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    );
    reader.policy.addStatements(
      ...table.streamStatements(),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failed.queueArn] }),
    );
    Validations.of(reader.policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Lambda asks for dynamodb:ListStreams, which knows no resource.',
    });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: reader.fn,
      eventSourceArn: table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      maxBatchingWindow: WINDOW,
      bisectBatchOnError: true,
      retryAttempts: props.retries,
      maxRecordAge: props.maxAge,
      onFailure: new SqsDlq(failed),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.or('INSERT', 'MODIFY'),
          dynamodb: { Keys: { [TABLE_KEY.partition]: { S: FilterRule.beginsWith(PARTITIONS.revoked) } } },
        }),
      ],
    });
    mapping.node.addDependency(reader.policy);
    const alarm = { runbook, topicArn: alarmTopicArn };
    new OperatorAlarm(this, 'Behind', {
      ...alarm,
      metric: reader.fn.metric('IteratorAge'),
      period: Duration.minutes(1),
      when: { highest: Duration.minutes(1).toMilliseconds() },
      periods: 3,
    });
    new OperatorAlarm(this, 'GaveUp', {
      ...alarm,
      metric: failed.metricApproximateNumberOfMessagesVisible(),
      period: Duration.minutes(5),
      when: { highest: 1 },
      periods: 1,
    });
  }
}
