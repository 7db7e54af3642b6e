import { AwsError, type AwsService, type Input } from '../service/aws-service.ts';
import { jsonProtocol, LOGS } from '../service/json-protocol.ts';
import { type LinePattern, linePattern } from './line-pattern.ts';

/** A line of a function's log. */
export interface LogEvent {
  readonly logGroupName: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** CloudWatch Logs: FilterLogEvents by time and by members of JSON lines, of the log groups of functions. */
export function logsService(
  events: () => readonly LogEvent[],
  place: { readonly accountId: string; readonly region: string },
): AwsService {
  // As IAM names it in its refusals: every stream of the group.
  const arn = (name: unknown) =>
    `arn:aws:logs:${place.region}:${place.accountId}:log-group:${name}:log-stream:`;
  return {
    name: 'logs',
    protocol: jsonProtocol(LOGS),
    permissions(action, { logGroupName }) {
      if (action === 'FilterLogEvents')
        return [{ action: `logs:${action}`, resource: arn(logGroupName), context: {} }];
      throw new AwsError(
        'UnknownOperationException',
        `the local CloudWatch Logs does not have the operation ${action}; it has FilterLogEvents`,
      );
    },
    async perform({ input }) {
      const found = events().filter(selectedBy(input));
      const start = Number(input['nextToken'] ?? 0);
      const end = start + PAGE;
      const body = JSON.stringify({
        events: found.slice(start, end).map(({ timestamp, message }) => ({ timestamp, message })),
        ...(end < found.length ? { nextToken: String(end) } : {}),
      });
      return { status: 200, body, headers: { 'content-type': LOGS.contentType } };
    },
  };
}

/** Events of a response (CloudWatch Logs API reference, FilterLogEvents). */
const PAGE = 10_000;

/** @throws AwsError for a pattern that the local cloud does not know. */
function selectedBy({
  logGroupName,
  startTime,
  endTime,
  filterPattern,
}: Input): (event: LogEvent) => boolean {
  const matches = patternOf(filterPattern);
  const [from, to] = [Number(startTime ?? 0), Number(endTime ?? Number.POSITIVE_INFINITY)];
  return (event) =>
    event.logGroupName === logGroupName &&
    event.timestamp >= from &&
    event.timestamp <= to &&
    matches(event.message);
}

function patternOf(pattern: unknown): LinePattern {
  try {
    return linePattern(String(pattern));
  } catch (error) {
    throw new AwsError('InvalidParameterException', String(error));
  }
}
