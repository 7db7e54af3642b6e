import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { type AppError, fieldError, fieldErrors } from '../errors/app-error.ts';
import { apiUrl } from './api-url.ts';
import { isEmpty, readJsonBody, refuseBody } from './body.ts';
import { headerOf } from './headers.ts';
import { placeOf, pointerOf } from './pointer.ts';
import { type Finding, finding, type Reading, readWith, type Schema } from './schema.ts';

/** The caller, as the gateway reports it; never from a header. */
export interface Caller {
  /** ARN of the IAM principal; empty on public routes. */
  readonly principal: string;
  /** The address that the gateway saw. */
  readonly sourceIp: string;
}

/** A request that has been read and checked. */
export interface ApiRequest<Body = undefined, Query = undefined, Path = undefined> {
  /**
   * The gateway's id of the request; also in the response as `x-request-id`. Good for finding log lines and nothing else:
   * callers may choose it with the header `x-amzn-RequestId`, as long as it is a UUID (API Gateway developer guide, "Access
   * logging for REST APIs").
   */
  readonly requestId: string;
  /** The route's template: `/v1/tokens/{id}`. */
  readonly route: string;
  readonly caller: Caller;
  readonly body: Body;
  readonly query: Query;
  readonly path: Path;
  /** The URL of a path of the API, such as `/trust`, where the caller reached it. */
  readonly urlOf: (path: `/${string}`) => string;
  /** A request header; undefined where absent. @throws AppError `malformed_request` where it is sent twice. */
  readonly header: (name: string) => string | undefined;
}

/** What a route takes. A part without schema must not be sent. */
export interface RequestParts<Body, Query, Path> {
  readonly body?: Schema<Body>;
  /** Whether no body is as good as `{}`. @default false */
  readonly bodyIsOptional?: boolean;
  /** Query parameters, as strings. One that is empty counts as not sent. */
  readonly query?: Schema<Query>;
  /** Parameters of the route's template, as strings. */
  readonly path?: Schema<Path>;
}

/**
 * Reads a gateway event. One response reports everything that is wrong with the fields.
 *
 * @throws AppError `payload_too_large`, `unsupported_media_type`, `malformed_request` or `unknown_field`.
 */
export function readRequest<Body, Query, Path>(
  event: APIGatewayProxyEvent,
  parts: RequestParts<Body, Query, Path>,
): ApiRequest<Body, Query, Path> {
  const path = part(parts.path, decodedPath(event), ['path']);
  const query = queryPart(parts.query, event);
  const body = parts.body ? bodyPart(parts.body, event, parts.bodyIsOptional) : noBody<Body>(event);
  if (path.findings || query.findings || body.findings)
    throw refusal([path, query, body].flatMap(({ findings }) => findings ?? []));
  return {
    requestId: event.requestContext.requestId,
    route: event.resource,
    caller: callerOf(event),
    urlOf: (path) => `${apiUrl(event)}${path}`,
    header: (name) => headerOf(event, name),
    body: body.value,
    query: query.value,
    path: path.value,
  };
}

/** The caller as the gateway's request context has it. */
export function callerOf({ requestContext }: APIGatewayProxyEvent): Caller {
  const { userArn, sourceIp } = requestContext.identity;
  return { principal: userArn ?? '', sourceIp };
}

function bodyPart<Body>(
  schema: Schema<Body>,
  event: APIGatewayProxyEvent,
  isOptional = false,
): Reading<Body> {
  return readWith(schema, isOptional && isEmpty(event) ? {} : readJsonBody(event), []);
}

function noBody<Body>(event: APIGatewayProxyEvent): Reading<Body> {
  refuseBody(event);
  return { value: undefined as Body };
}

function part<Output>(
  schema: Schema<Output> | undefined,
  values: Readonly<Record<string, string | undefined>>,
  base: readonly string[],
): Reading<Output> {
  return schema ? readWith(schema, values, base) : { value: undefined as Output };
}

/**
 * The parameters of the path. API Gateway passes them on as they were sent, percent-encoded; none of ours holds a `%`,
 * so that decoding what a gateway has decoded changes nothing.
 */
function decodedPath({ pathParameters }: APIGatewayProxyEvent): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(pathParameters ?? {}).map(([name, value = '']) => [name, decoded(name, value)]),
  );
}

function decoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    const words =
      'is not percent-encoded UTF-8. Encode it as in RFC 3986 section 2.1, or send plain characters.';
    throw fieldError('malformed_request', pointerOf(['path', name]), `${placeOf(['path', name])} ${words}`);
  }
}

/** A route without schema for its query has a query without fields. */
const NO_QUERY = z.strictObject({});

function queryPart<Output>(schema: Schema<Output> | undefined, event: APIGatewayProxyEvent): Reading<Output> {
  const sent = Object.entries(event.multiValueQueryStringParameters ?? {});
  const given = sent
    .map(([name, values]) => [name, (values ?? []).filter((value) => value !== '')] as const)
    .filter(([, values]) => values.length > 0);
  const repeated = given.filter(([, values]) => values.length > 1);
  if (repeated.length > 0)
    return {
      findings: repeated.map(([name]) => finding(['query', name], 'was sent more than once; send it once')),
    };
  const values = Object.fromEntries(given.map(([name, [value]]) => [name, value]));
  if (schema) return readWith(schema, values, ['query']);
  const { findings } = readWith(NO_QUERY, values, ['query']);
  return findings ? { findings } : { value: undefined as Output };
}

/** `unknown_field` wins: a misspelt field is often the reason why another one is missing. */
function refusal(all: readonly Finding[]): AppError {
  return fieldErrors(all.some(({ unknown }) => unknown) ? 'unknown_field' : 'malformed_request', all);
}
