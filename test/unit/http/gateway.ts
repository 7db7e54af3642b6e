import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

/** What a test says of a request; the rest is as API Gateway fills it in. */
export interface Call {
  readonly method?: string;
  /** The route's template. */
  readonly route?: string;
  /** A string goes as it is, octets in base64, anything else as JSON; absent is no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  readonly path?: Readonly<Record<string, string>>;
  /** Absent: the admin. Null: nobody signed. */
  readonly principal?: string | null;
  readonly base64?: boolean;
}

export const ADMIN = 'arn:aws:iam::111122223333:user/admin';

/** A proxy event of an API Gateway REST API. */
export function gatewayEvent(call: Call = {}): APIGatewayProxyEvent {
  const {
    method = 'POST',
    route = '/v1/things',
    body,
    headers = {},
    query = {},
    path,
    principal = ADMIN,
  } = call;
  const sent = bodyOf(call);
  const all = { ...(sent === null ? {} : { 'Content-Type': 'application/json' }), ...headers };
  return {
    resource: route,
    path: route,
    httpMethod: method,
    headers: lastOf(all),
    multiValueHeaders: listsOf(all),
    queryStringParameters: Object.keys(query).length > 0 ? lastOf(query) : null,
    multiValueQueryStringParameters: Object.keys(query).length > 0 ? listsOf(query) : null,
    pathParameters: path ?? null,
    stageVariables: null,
    body: sent,
    isBase64Encoded: call.base64 === true || body instanceof Uint8Array,
    requestContext: {
      domainName: 'api.example.com',
      path: `/v1${route}`,
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      identity: { sourceIp: '198.51.100.7', userArn: principal },
    } as APIGatewayProxyEvent['requestContext'],
  };
}

/** What a caller gets to see. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly json: unknown;
}

/** Sends a call to a handler as Lambda would. */
export async function send(
  handler: (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>,
  call: Call = {},
): Promise<Answer> {
  const context = { awsRequestId: 'lambda-request', getRemainingTimeInMillis: () => 28_000 } as Context;
  const result = await handler(gatewayEvent(call), context);
  const headers = (result.headers ?? {}) as Record<string, string>;
  const isJson = headers['content-type']?.endsWith('json') === true;
  return {
    status: result.statusCode,
    headers,
    body: result.body,
    json: isJson ? JSON.parse(result.body) : undefined,
  };
}

function bodyOf({ body, base64 }: Call): string | null {
  if (body === undefined) return null;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('base64');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return base64 ? Buffer.from(text).toString('base64') : text;
}

function lastOf(values: Readonly<Record<string, string | readonly string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, [value].flat().at(-1) ?? '']),
  );
}

function listsOf(values: Readonly<Record<string, string | readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat()]));
}
