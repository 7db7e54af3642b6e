import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface KeptLogsProps {
  /** For how many days, one of the values of CloudWatch Logs. */
  readonly retentionDays: number;
  /** @default - CloudFormation chooses one */
  readonly logGroupName?: string;
}

/** A log group, which stays when its stack is deleted. */
export function keptLogs(
  scope: Construct,
  id: string,
  { retentionDays: retention, ...props }: KeptLogsProps,
): LogGroup {
  const logGroup = new LogGroup(scope, id, {
    ...props,
    retention,
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  // A template says "for ever" by leaving the days out.
  if (retention === RetentionDays.INFINITE)
    Validations.of(logGroup).acknowledge({
      id: 'Serverless-CloudWatchLogGroupRetentionPeriod',
      reason: 'The settings of the deployment keep logs for ever.',
    });
  return logGroup;
}
