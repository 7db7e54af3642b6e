import {
  AccessLogFormat,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import { FilterPattern, type LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { REQUESTS_THROTTLED } from '../../shared/config/metrics.ts';
import { metricsNamespaceOf } from '../../shared/config/metrics-namespace.ts';
import { keptLogs } from './log-group.ts';

/** The fields of the access log: no header, no path with values, no query, no body. */
const FIELDS = {
  requestId: '$context.requestId',
  // The only id that a caller cannot choose.
  extendedRequestId: '$context.extendedRequestId',
  time: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  // What a stricter TLS policy would refuse (API Gateway developer guide, "Security policies for REST APIs").
  tlsVersion: '$context.tlsVersion',
  cipherSuite: '$context.cipherSuite',
  caller: '$context.identity.userArn',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  status: '$context.status',
  error: '$context.error.responseType',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
};

export interface AccessLogProps {
  readonly authority: string;
  readonly logRetentionDays: number;
}

/**
 * The options of a stage that writes an access log, below `scope`. API Gateway has no metric of what it throttled, and its
 * 4XXError counts every refusal: those requests are counted from the log.
 */
export function accessLog(
  scope: Construct,
  { authority, logRetentionDays: retentionDays }: AccessLogProps,
): StageOptions {
  const logGroup = keptLogs(scope, 'AccessLogs', { retentionDays });
  new MetricFilter(scope, 'Throttled', {
    logGroup,
    filterPattern: FilterPattern.stringValue('$.error', '=', 'THROTTLED'),
    metricNamespace: metricsNamespaceOf(authority),
    metricName: REQUESTS_THROTTLED.name,
    metricValue: '1',
  });
  return {
    // Metadata only: execution logs with data tracing would write tokens.
    loggingLevel: MethodLoggingLevel.ERROR,
    dataTraceEnabled: false,
    accessLogDestination: new LogGroupLogDestination(logGroup),
    accessLogFormat: AccessLogFormat.custom(JSON.stringify(FIELDS)),
  };
}

/**
 * The group that API Gateway writes its errors to, which it would make itself, to be kept for ever (its developer guide,
 * "Set up CloudWatch logging for REST APIs"). It must exist before the stage does.
 *
 * Its name contains the id of the API, so it belongs into the stack of the API: another API has another group.
 */
export function executionLog(
  scope: Construct,
  restApiId: string,
  stage: string,
  retentionDays: number,
): LogGroup {
  const logGroupName = `API-Gateway-Execution-Logs_${restApiId}/${stage}`;
  return keptLogs(scope, 'ExecutionLogs', { logGroupName, retentionDays });
}
