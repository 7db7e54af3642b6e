import type middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { AppError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { Log, LogFields, LogMetrics } from '../observability/log.ts';
import type { Measurement } from '../observability/measurement.ts';
import { callerOf } from './request.ts';

/** What the parts of the stack share about one request. */
export interface EdgeState extends Record<string, unknown> {
  /** Milliseconds, of a clock that only moves forward. */
  startedAt?: number;
  /** Why the request was refused or failed. */
  failure?: AppError;
}

/** What a function adds to the line of its request. */
export interface LineNote {
  readonly fields: LogFields;
  readonly measurements: readonly Measurement[];
}

/** How requests are measured, by functions that do so. */
export interface RequestMeasures {
  /** Makes metrics of measurements: `metrics` of `observability/measurement.ts`, which no other function has to hold. */
  readonly metrics: (...measurements: readonly Measurement[]) => LogMetrics;
  /** What a failure with this code measures; the list of codes is closed, so that no caller makes metrics. */
  readonly refused: (code: ErrorCode) => readonly Measurement[];
}

/** Middy hands its own state to no handler: the notes of a request are found by its event. */
const notes = new WeakMap<APIGatewayProxyEvent, LineNote>();

/** Adds to the line of the request with this event, however the request ends. */
export function noteOnLine(event: APIGatewayProxyEvent, note: LineNote): void {
  notes.set(event, note);
}

type EdgeRequest = middy.Request<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, EdgeState>;

/**
 * One line for each request, when its response is ready: 4xx as `warn` with the reason that the caller does not see, 5xx
 * as `error` with everything that was thrown.
 *
 * @param measures @default - the line carries no metrics
 */
export function logAccess(
  log: Log,
  measures?: RequestMeasures,
): middy.MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, EdgeState> {
  const write = (request: EdgeRequest) => {
    const status = request.response?.statusCode ?? 500;
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
    const { failure } = request.internal;
    const { fields, measurements } = notes.get(request.event) ?? NO_NOTE;
    const refused = failure === undefined ? [] : (measures?.refused(failure.code) ?? []);
    log[level](
      'request',
      { ...requestFields(request), status, ...fields, ...failureFields(failure, status) },
      measures?.metrics(...measurements, ...refused),
    );
  };
  return {
    before: ({ internal }) => {
      internal.startedAt = performance.now();
    },
    after: write,
    onError: write,
  };
}

const NO_NOTE: LineNote = { fields: {}, measurements: [] };

function requestFields({ event, context, internal }: EdgeRequest) {
  const { principal, sourceIp } = callerOf(event);
  return {
    requestId: event.requestContext.requestId,
    awsRequestId: context.awsRequestId,
    method: event.httpMethod,
    route: event.resource,
    caller: principal === '' ? undefined : principal,
    sourceIp,
    durationMs: Math.round((performance.now() - (internal.startedAt ?? performance.now())) * 10) / 10,
  };
}

function failureFields(failure: AppError | undefined, status: number) {
  if (failure === undefined) return {};
  const { code, errors, internal } = failure;
  return withoutUndefined({
    code,
    // How many, not which: pointers repeat names that the caller chose, and those may be anything.
    count: errors.length > 0 ? errors.length : undefined,
    reason: Object.keys(internal).length > 0 ? internal : undefined,
    error: status >= 500 || failure.cause !== undefined ? failure : undefined,
  });
}
