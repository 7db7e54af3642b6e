import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
import { metricsNamespace } from '../config/metrics-namespace.ts';
import { embeddedMetrics, type Measurement } from './measurement.ts';
import { redact, redactText } from './redaction.ts';

/** The fields that a log line may have; any other is dropped. Nothing here ever holds a request's body or headers. */
const FIELDS = [
  // Where: the function, the gateway's request id, Lambda's own, and the route's template.
  'function',
  'requestId',
  'awsRequestId',
  'method',
  'route',
  // Who: ARN of the IAM principal, and the address that the gateway saw.
  'caller',
  'sourceIp',
  // How it ended: HTTP status, our code, and the reason that the caller does not see.
  'status',
  'code',
  'reason',
  'durationMs',
  'error',
  // What it was about.
  'authority',
  'issuerId',
  'rootId',
  'tokenId',
  'serialNumber',
  'predecessor',
  'profile',
  'daysLeft',
  'name',
  'agentId',
  'attempts',
  'attempt',
  'outcome',
  'kmsRequestId',
  'operation',
  'list',
  'count',
  'counts',
  'state',
] as const;

/** Fields of a log line; see {@link FIELDS}. `error` may be anything that was thrown. */
type LogFields = Partial<Record<(typeof FIELDS)[number], unknown>>;

/** Writes a structured line of JSON, free of secrets. CloudWatch reads the measurements out of it as metrics. */
type Write = (message: string, fields?: LogFields, measurements?: readonly Measurement[]) => void;

/** Writes structured lines of JSON, one per call. */
export interface Log {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** Keeps the listed fields, redacts everything. */
class AllowListFormatter extends LogFormatter {
  private readonly namespace = metricsNamespace();

  override formatAttributes(base: UnformattedAttributes, additional: LogAttributes): LogItem {
    const measurements = additional['measurements'] as readonly Measurement[];
    const given = FIELDS.filter((field) => additional[field] !== undefined);
    const fields = given.map((field) => [field, redact(additional[field])]);
    return new LogItem({
      attributes: {
        level: base.logLevel,
        message: redactText(base.message),
        timestamp: base.timestamp.toISOString(),
        ...Object.fromEntries(fields),
        ...embeddedMetrics(measurements, this.namespace, base.timestamp),
      },
    });
  }
}

/**
 * The log of one function. Level INFO unless `POWERTOOLS_LOG_LEVEL` or Lambda's logging settings say otherwise.
 *
 * @param functionName as in `functions/<verb-noun>`; on every line.
 */
export function createLog(functionName: string): Log {
  const logger = new Logger({ serviceName: 'fleetseal', logFormatter: new AllowListFormatter() });
  const write =
    (level: 'info' | 'warn' | 'error'): Write =>
    (message, fields = {}, measurements = []) =>
      logger[level](message, { function: functionName, ...fields, measurements });
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
