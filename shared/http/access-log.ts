import type middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { AppError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/codes.ts';
import type { Log, LogMetrics } from '../observability/log.ts';
import { callerOf } from './request.ts';

/** What the parts of the stack share about one request. */
export interface EdgeState extends Record<string, unknown> {
  /** Milliseconds, of a clock that only moves forward. */
  startedAt?: number;
  /** Why the request was refused or failed. */
  failure?: AppError;
}

type EdgeRequest = middy.Request<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, EdgeState>;

/**
 * One line for each request, when its response is ready: 4xx as `warn` with the reason that the caller does not see, 5xx
 * as `error` with everything that was thrown.
 *
 * @param refused counts the failures by code; the list of codes is closed, so that no caller makes metrics.
 */
export function logAccess(
  log: Log,
  refused?: (code: ErrorCode) => LogMetrics,
): middy.MiddlewareObj<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, EdgeState> {
  const write = (request: EdgeRequest) => {
    const status = request.response?.statusCode ?? 500;
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
    const { failure } = request.internal;
    const fields = { ...requestFields(request), status, ...failureFields(failure, status) };
    log[level]('request', fields, failure && refused?.(failure.code));
  };
  return {
    before: ({ internal }) => {
      internal.startedAt = performance.now();
    },
    after: write,
    onError: write,
  };
}

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
