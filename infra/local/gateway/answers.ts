import type { Api } from './routes.ts';

/** An HTTP answer of the gateway. Header names may repeat. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | string;
}

/** Why the gateway answers by itself: a response type, with the status and the error type that go with it by default. */
export interface GatewayError {
  readonly type: string;
  readonly status: number;
  /** Value of the header `x-amzn-ErrorType`. */
  readonly errorType: string;
  readonly message: string;
}

/** The gateway's own answers (API Gateway developer guide, "Gateway response types"; texts as the service gives them). */
export const GATEWAY_ERRORS = {
  noRoute: {
    type: 'MISSING_AUTHENTICATION_TOKEN',
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  tooLarge: {
    type: 'REQUEST_TOO_LARGE',
    status: 413,
    errorType: 'RequestTooLargeException',
    message: 'Request Too Long',
  },
  /** The function failed, or answered what is no answer. */
  badGateway: {
    type: 'DEFAULT_5XX',
    status: 502,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
  },
  /** The gateway may not invoke the function. */
  notPermitted: {
    type: 'API_CONFIGURATION_ERROR',
    status: 500,
    errorType: 'InternalServerErrorException',
    message: 'Internal server error',
  },
  timeout: {
    type: 'INTEGRATION_TIMEOUT',
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Endpoint request timed out',
  },
} as const satisfies Readonly<Record<string, GatewayError>>;

/** Renders an answer of the gateway by the template's gateway responses: the type's own, else the default of its class. */
export function gatewayAnswer(api: Api, error: GatewayError, requestId: string): HttpAnswer {
  const fallback = error.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const response = api.responses.get(error.type) ?? api.responses.get(fallback);
  const context: Record<string, string> = {
    '$context.requestId': requestId,
    '$context.error.messageString': JSON.stringify(error.message),
    '$context.error.message': error.message,
    '$context.error.responseType': error.type,
  };
  const template = response?.template ?? '{"message":$context.error.messageString}';
  const body = template.replace(/\$context\.[A-Za-z]+(?:\.[A-Za-z]+)*/g, (name) => context[name] ?? '');
  return {
    status: Number(response?.statusCode ?? error.status),
    headers: Object.entries({
      'Content-Type': 'application/json',
      'x-amzn-ErrorType': error.errorType,
      ...response?.headers,
    }),
    body,
  };
}

/** Headers that the gateway takes for its own: a function's value goes out under another name (measured by many, documented for `WWW-Authenticate`). */
const REMAPPED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'server',
  'www-authenticate',
]);

/**
 * Reads what a function returned (API Gateway developer guide, "Output format of a Lambda function for proxy
 * integration").
 *
 * @returns undefined for what is no answer; the gateway then answers 502.
 */
export function functionAnswer(payload: string | undefined): HttpAnswer | undefined {
  const result = parse(payload);
  const status = Number(result?.['statusCode']);
  if (result === undefined || !Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const known = ['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'];
  if (Object.keys(result).some((name) => !known.includes(name))) return undefined;
  const { body = '', isBase64Encoded = false } = result;
  if (body !== null && typeof body !== 'string') return undefined;
  return {
    status,
    headers: [...headersOf(result)],
    body: isBase64Encoded === true ? Buffer.from(body ?? '', 'base64') : (body ?? ''),
  };
}

function parse(payload: string | undefined): Record<string, unknown> | undefined {
  const value: unknown = payload === undefined ? undefined : JSON.parse(payload);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function* headersOf(result: Readonly<Record<string, unknown>>): Generator<readonly [string, string]> {
  const single = (result['headers'] ?? {}) as Record<string, unknown>;
  const multiple = (result['multiValueHeaders'] ?? {}) as Record<string, readonly unknown[]>;
  const taken = new Set(Object.keys(multiple).map((name) => name.toLowerCase()));
  const rename = (name: string) => (REMAPPED.has(name.toLowerCase()) ? `x-amzn-Remapped-${name}` : name);
  for (const [name, values] of Object.entries(multiple))
    for (const value of values) yield [rename(name), String(value)];
  for (const [name, value] of Object.entries(single))
    if (!taken.has(name.toLowerCase())) yield [rename(name), String(value)];
  const named = [...Object.keys(single), ...taken].some((name) => name.toLowerCase() === 'content-type');
  if (!named) yield ['Content-Type', 'application/json'];
}
