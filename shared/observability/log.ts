import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';
import type { LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types';
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
export type LogFields = Partial<Record<(typeof FIELDS)[number], unknown>>;

/**
 * Members that CloudWatch reads as metrics out of a line, by the time of the line. They are made by `measurement.ts`, so that
 * a function that measures nothing does not hold what makes them.
 */
export type LogMetrics = (at: Date) => Readonly<Record<string, unknown>>;

/** Writes a structured line of JSON, free of secrets. */
type Write = (message: string, fields?: LogFields, metrics?: LogMetrics) => void;

/** Writes structured lines of JSON, one per call. */
export interface Log {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

/** Keeps the listed fields, redacts everything. */
class AllowListFormatter extends LogFormatter {
  override formatAttributes(base: UnformattedAttributes, additional: LogAttributes): LogItem {
    const metrics = additional['metrics'] as LogMetrics | undefined;
    const given = FIELDS.filter((field) => additional[field] !== undefined);
    const fields = given.map((field) => [field, redact(additional[field])]);
    return new LogItem({
      attributes: {
        level: base.logLevel,
        message: redactText(base.message),
        timestamp: base.timestamp.toISOString(),
        ...Object.fromEntries(fields),
        ...metrics?.(base.timestamp),
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
    (message, fields = {}, metrics = undefined) =>
      logger[level](message, { function: functionName, ...fields, metrics });
  return { info: write('info'), warn: write('warn'), error: write('error') };
}
