import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AGENTS_NOT_UNENROLLED } from '../../shared/config/metrics.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import { RevokedStream } from './revoked-stream.ts';
import { ServiceFunction, type ServiceFunctionContext } from './service-function.ts';

export interface FleetConnectorProps extends ServiceFunctionContext {
  /** ARN of the secret with the API key for Kibana. */
  readonly apiKeySecretArn: string;
  /** @default - the alarms are visible in CloudWatch only */
  readonly alarmTopicArn?: string | undefined;
}

const RUNBOOK = 'Agents stay enrolled';

/**
 * Unenrolls the agents of revoked certificates in Fleet. It is the second reader of the ledger's stream, whose shards take
 * no third. Kibana may be out of reach for an hour before what it did not do is given up.
 */
export class FleetConnector extends Construct {
  constructor(scope: Construct, id: string, props: FleetConnectorProps) {
    super(scope, id);
    const { authority, apiKeySecretArn, alarmTopicArn, table } = props;
    const reader = new ServiceFunction(this, 'UnenrollAgent', { ...props, name: 'unenroll-agent' });
    reader.policy.addStatements(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [apiKeySecretArn] }),
    );
    new RevokedStream(this, 'Stream', {
      table,
      reader,
      // One agent takes two calls of Kibana, one after the other.
      batchSize: 50,
      retries: 100,
      maxAge: Duration.hours(1),
      runbook: RUNBOOK,
      alarmTopicArn,
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
