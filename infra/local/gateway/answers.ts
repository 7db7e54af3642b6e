import type { Api } from './routes.ts';

/** An HTTP answer of the gateway. Header names may repeat. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | string;
}

/** Why the gateway answers by itself: a response type, with its default status and error type. */
export interface GatewayError {
  readonly type: string;
  readonly status: number;
  /** Value of the header `x-amzn-ErrorType`. */
  readonly errorType: string;
  readonly message: string;
}

const INTERNAL = { errorType: 'InternalServerErrorException', message: 'Internal server error' };

/** The gateway's own answers (API Gateway developer guide, "Gateway response types"; texts as the service gives them). */
export const GATEWAY_ERRORS = {
  noRoute: {
    type: 'MISSING_AUTHENTICATION_TOKEN',
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  accessDenied: {
    type: 'ACCESS_DENIED',
    status: 403,
    errorType: 'AccessDeniedException',
    message: 'Access Denied',
  },
  tooLarge: {
    type: 'REQUEST_TOO_LARGE',
    status: 413,
    errorType: 'RequestTooLargeException',
    message: 'Request Too Long',
  },
  throttled: {
    type: 'THROTTLED',
    status: 429,
    errorType: 'TooManyRequestsException',
    message: 'Too Many Requests',
  },
  /** Lambda refuses the invocation (Lambda developer guide, "API Gateway errors"). */
  functionThrottled: { type: 'INTEGRATION_FAILURE', status: 500, ...INTERNAL },
  /** The function failed, or returned something other than a response. */
  badGateway: { type: 'DEFAULT_5XX', status: 502, ...INTERNAL },
  /** The gateway may not invoke the function. */
  notPermitted: { type: 'API_CONFIGURATION_ERROR', status: 500, ...INTERNAL },
  /** Something in the gateway itself failed. */
  internal: { type: 'DEFAULT_5XX', status: 500, ...INTERNAL },
  timeout: { type: 'INTEGRATION_TIMEOUT', status: 504, ...INTERNAL, message: 'Endpoint request timed out' },
} as const satisfies Readonly<Record<string, GatewayError>>;

/** Ends a request with an answer of the gateway itself. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly error: GatewayError;

  /** @param reason for the log; the caller gets the error's message. */
  constructor(error: GatewayError, reason: string = error.message) {
    super(reason);
    this.error = error;
  }
}

/** Renders an answer of the gateway itself by the template's gateway response for its type, else for its class. */
export function gatewayAnswer(
  api: Pick<Api, 'responses'>,
  error: GatewayError,
  requestId: string,
): HttpAnswer {
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
