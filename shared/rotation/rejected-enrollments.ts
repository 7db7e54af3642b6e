import { type Instant, instant } from '../domain/instant.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { RotationEvent } from './ports.ts';

/*
 * Refused enrollments as events. They are made from the lines that `enroll` logs anyway, so that enrolling neither takes
 * longer nor needs another permission for them.
 */

/** A line of a log, as CloudWatch Logs delivers it. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** What a line of `enroll` says of a request that it refused. */
interface RefusedRequest {
  readonly message: 'request';
  /** Lambda's id of the invocation, which no caller chooses; one invocation is one request. */
  readonly awsRequestId: string;
  readonly requestId: string;
  readonly sourceIp: string;
  readonly code: string;
  readonly reason: {
    /** Only a request whose token was recognised has it. */
    readonly authenticated: true;
    readonly tokenId: string;
    readonly name: string;
    readonly refusedAs?: string;
  };
}

/** The events of these lines; lines that say something else are left out. The id of an event is the same whenever it is made. */
export function rejectedEnrollments(lines: readonly LogLine[]): readonly RotationEvent[] {
  return lines.flatMap(({ message, timestamp }) => {
    const refused = refusedRequest(message);
    return refused === undefined ? [] : [eventOf(refused, instant(Math.floor(timestamp / 1000)))];
  });
}

function refusedRequest(message: string): RefusedRequest | undefined {
  try {
    const line = JSON.parse(message) as Partial<RefusedRequest> | null;
    const isRefused = line?.message === 'request' && line.reason?.authenticated === true;
    return isRefused && typeof line.awsRequestId === 'string' ? (line as RefusedRequest) : undefined;
  } catch {
    return undefined;
  }
}

function eventOf(
  { awsRequestId, requestId, sourceIp, code, reason }: RefusedRequest,
  at: Instant,
): RotationEvent {
  const { tokenId, name, refusedAs: tokenIs } = reason;
  const type = 'enrollment.rejected';
  const detail = withoutUndefined({ requestId, tokenId, name, sourceIp, code, tokenIs });
  return { id: `${type}/${awsRequestId}`, type, at, detail };
}
