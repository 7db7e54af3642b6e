import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { AppError } from '../errors/app-error.ts';
import { createLog } from '../observability/log.ts';
import { type EdgeState, type LineNote, logAccess, noteOnLine, type RequestMeasures } from './access-log.ts';
import { toAppError } from './failure.ts';
import { type ApiRequest, callerOf, type RequestParts, readRequest } from './request.ts';
import { type ApiResponse, toGatewayResult, toProblemResult } from './response.ts';

/*
 * The stack that every HTTP function runs in. A function's `handler.ts` has two exports:
 *
 *   export function createTokenHandler(deps: { readonly tokens: TokenStore; readonly clock: Clock }) {
 *     return api({ name: 'create-token', access: 'iam', body: createTokenRequest }, async (request) => {
 *       const token = ...;                                   // request.body is what the schema reads
 *       return { status: 201, json: renderToken(token) };    // or throw an AppError
 *     });
 *   }
 *
 *   const environment = readEnvironment(['TABLE_NAME']);
 *   export const handler = createTokenHandler({ tokens: ..., clock: systemClock });
 *
 * The first takes ports, and is tested with fakes; the second is the composition root, made once when the module
 * loads. `request.ts` holds the schemas, `response.ts` what renders the answer. Errors are thrown, never rendered: any
 * AppError becomes its problem document, anything else a 500 that reveals nothing (see `failure.ts`).
 *
 * Functions that no gateway calls (schedules, custom resources) need none of this, only `createLog`.
 */

/** A function that the gateway may call. */
export type ApiHandler = middy.MiddyfiedHandler<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** How long before Lambda's timeout the caller gets `try_again`, while there is time to respond. */
const TIME_TO_ANSWER_MILLISECONDS = 250;

export interface ApiRoute<Body, Query, Path> extends RequestParts<Body, Query, Path> {
  /** The function's folder: `create-token`. On every log line. */
  readonly name: string;
  /** `iam`: the gateway has verified SigV4, and the request has the principal. `public`: anyone. */
  readonly access: 'iam' | 'public';
  /** How its requests are measured, in the line of each. @default - they are not */
  readonly measures?: RequestMeasures;
}

/** What the logic of a route gets. */
type RouteRequest<Body, Query, Path> = ApiRequest<Body, Query, Path> & {
  /** Adds to the line that is logged when the response is ready, however the request ends. */
  readonly note: (note: LineNote) => void;
};

/**
 * Wraps the logic of a route: reads and checks the request, renders the answer or the problem, sets the usual headers,
 * and writes one line of log.
 *
 * @param run gets what the schemas read; throws AppError to refuse.
 */
export function api<Body = undefined, Query = undefined, Path = undefined>(
  route: ApiRoute<Body, Query, Path>,
  run: (request: RouteRequest<Body, Query, Path>, context: Context) => Promise<ApiResponse>,
): ApiHandler {
  return edge(
    route.name,
    async (event, context) => {
      if (route.access === 'iam') requirePrincipal(event);
      const note = (added: LineNote) => noteOnLine(event, added);
      return run({ ...readRequest(event, route), note }, context);
    },
    route.measures,
  );
}

/** The same for a function that reads the gateway's event by itself. */
export function edge(
  name: string,
  run: (event: APIGatewayProxyEvent, context: Context) => Promise<ApiResponse>,
  measures?: RequestMeasures,
): ApiHandler {
  const log = createLog(name);
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, EdgeState>({
    timeoutEarlyInMillis: TIME_TO_ANSWER_MILLISECONDS,
  })
    .use(logAccess(log, measures))
    .use({ onError: answerProblem })
    .handler(async (event: APIGatewayProxyEvent, context: Context) =>
      toGatewayResult(await run(event, context), event.requestContext.requestId),
    );
}

/** The gateway lets no one through without SigV4; a wrongly wired route must not be open either. */
function requirePrincipal(event: APIGatewayProxyEvent): void {
  if (callerOf(event).principal === '')
    throw new AppError('access_denied', 'This route requires a request signed with AWS Signature Version 4.');
}

function answerProblem(
  request: middy.Request<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context, EdgeState>,
) {
  const failure = toAppError(request.error);
  request.internal.failure = failure;
  request.response = toProblemResult(failure, request.event.requestContext.requestId);
}
