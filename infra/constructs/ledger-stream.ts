import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { PARTITIONS, TABLE_KEY } from '../../shared/config/table.ts';
import { failedQueue } from './failed-queue.ts';
import type { LedgerTable } from './ledger-table.ts';
import { OperatorAlarm } from './operator-alarm.ts';
import type { ServiceFunction } from './service-function.ts';

/** A change of the ledger that a function may read. */
export type LedgerChange = 'revocations' | 'certificates';

/** The pattern of each: the new entries of the revocation lists; the records of certificates, when they are written again. */
const PATTERNS: Readonly<Record<LedgerChange, Record<string, unknown>>> = {
  revocations: {
    eventName: FilterRule.or('INSERT', 'MODIFY'),
    dynamodb: { Keys: { [TABLE_KEY.partition]: { S: FilterRule.beginsWith(PARTITIONS.revoked) } } },
  },
  // Not when they are made: then a certificate is promised, not signed.
  certificates: {
    eventName: FilterRule.isEqual('MODIFY'),
    dynamodb: { Keys: { [TABLE_KEY.partition]: { S: FilterRule.beginsWith(PARTITIONS.certificate) } } },
  },
};

export interface LedgerStreamProps {
  readonly table: LedgerTable;
  readonly reader: ServiceFunction;
  /** What is read: any of these. */
  readonly changes: readonly LedgerChange[];
  readonly batchSize: number;
  /**
   * Attempts after the first, until the record has its greatest age; a batch that fails is split in two.
   * @default - any number
   */
  readonly retries?: number;
  readonly maxAge: Duration;
  /** Heading of the runbook in docs/operations.md. */
  readonly runbook: string;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

/** What comes in a second is one batch, so that bursts are dealt with once. */
const WINDOW = Duration.seconds(1);

/**
 * Invokes a function with every such change of the ledger, at least once, from its stream. Two functions at most can read a
 * stream without being throttled (DynamoDB developer guide, "Reading and processing a stream"): one publishes revocation
 * lists, the other events, which everybody else reads from the bus.
 *
 * What fails to the end goes to a queue, with an alarm; a second alarm tells that the function is behind.
 */
export class LedgerStream extends Construct {
  constructor(scope: Construct, id: string, props: LedgerStreamProps) {
    super(scope, id);
    const { table, reader, runbook, alarmTopicArn } = props;
    const alarm = { runbook, topicArn: alarmTopicArn };
    const failed = failedQueue(this, alarm);
    reader.policy.addStatements(
      ...table.streamStatements(this),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failed.queueArn] }),
    );
    Validations.of(reader.policy).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Lambda asks for dynamodb:ListStreams, which knows no resource.',
    });
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: reader.fn,
      eventSourceArn: table.streamArnFor(this),
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      maxBatchingWindow: WINDOW,
      bisectBatchOnError: true,
      ...(props.retries === undefined ? {} : { retryAttempts: props.retries }),
      maxRecordAge: props.maxAge,
      onFailure: new SqsDlq(failed),
      filters: props.changes.map((change) => FilterCriteria.filter(PATTERNS[change])),
    });
    mapping.node.addDependency(reader.policy);
    new OperatorAlarm(this, 'Behind', {
      ...alarm,
      metric: reader.fn.metric('IteratorAge'),
      period: Duration.minutes(1),
      when: { highest: Duration.minutes(1).toMilliseconds() },
      periods: 3,
    });
  }
}
