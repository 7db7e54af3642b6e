import { Duration, Validations } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AGENTS_NOT_UNENROLLED } from '../../shared/config/metrics.ts';
import { FUNCTIONS } from '../functions.ts';
import type { EventBus } from './event-bus.ts';
import { failedQueue } from './failed-queue.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { OperatorAlarm } from './operator-alarm.ts';
import { ServiceFunction, type ServiceFunctionContext } from './service-function.ts';

export interface FleetConnectorProps extends ServiceFunctionContext {
  readonly bus: EventBus;
  /** ARN of the secret with the API key for Kibana. */
  readonly apiKeySecretArn: string;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

const RUNBOOK = 'Agents stay enrolled';

/** How long a message that failed waits: Lambda asks for the timeout of the function at least. */
const BETWEEN_ATTEMPTS = Duration.seconds(FUNCTIONS['unenroll-agent'].timeoutSeconds);

/** Two hours. */
const ATTEMPTS = 24;

/**
 * Unenrolls the agents of revoked certificates in Fleet. A rule of the event bus puts the event of each revocation into a
 * queue, which the function reads. Kibana may be out of reach for two hours before what was not done is given up.
 */
export class FleetConnector extends Construct {
  constructor(scope: Construct, id: string, props: FleetConnectorProps) {
    super(scope, id);
    const { authority, apiKeySecretArn, alarmTopicArn, bus } = props;
    const alarm = { runbook: RUNBOOK, topicArn: alarmTopicArn };
    const failed = failedQueue(this, alarm);
    // Another one: Lambda's redrive puts messages back into the queue that they came from, and these came from none.
    const undelivered = failedQueue(new Construct(this, 'Undelivered'), alarm);
    const queue = new Queue(this, 'Revoked', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: BETWEEN_ATTEMPTS,
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: failed, maxReceiveCount: ATTEMPTS },
    });
    new Rule(this, 'Rule', {
      description: 'fleetseal: revoked certificates, whose agents are unenrolled in Fleet',
      eventBus: bus.bus,
      eventPattern: { source: ['fleetseal'], detailType: ['certificate.revoked'] },
      targets: [new SqsQueue(queue, { deadLetterQueue: undelivered })],
    });
    const reader = new ServiceFunction(this, 'UnenrollAgent', { ...props, name: 'unenroll-agent' });
    reader.policy.addStatements(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [apiKeySecretArn] }),
      new PolicyStatement({
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: [queue.queueArn],
      }),
    );
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: reader.fn,
      eventSourceArn: queue.queueArn,
      // One agent takes two calls of Kibana, one after the other.
      batchSize: 10,
      // Kibana answers one caller at a time fast enough; Lambda takes no less than two.
      maxConcurrency: 2,
      reportBatchItemFailures: true,
    });
    Validations.of(mapping).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'The queue itself moves what failed to another one: for a queue, Lambda takes no destination.',
    });
    mapping.node.addDependency(reader.policy);
    new OperatorAlarm(this, 'Behind', {
      ...alarm,
      // A message that was received three times counts no more (SQS developer guide, "Available CloudWatch metrics").
      metric: queue.metricApproximateAgeOfOldestMessage(),
      period: Duration.minutes(5),
      when: { highest: Duration.minutes(8).toSeconds() },
      periods: 1,
    });
    new MeasuredAlarm(this, 'Kept', {
      authority,
      metric: AGENTS_NOT_UNENROLLED,
      period: Duration.minutes(5),
      when: { atLeast: 1 },
      runbook: RUNBOOK,
      alarmTopicArn,
    });
  }
}
