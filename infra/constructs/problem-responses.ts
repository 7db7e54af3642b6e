import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/** An answer that API Gateway makes by itself. */
export interface GatewayProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

const accessDenied = (detail: string): GatewayProblem => ({
  status: 403,
  code: 'access_denied',
  title: 'The caller may not do this',
  detail,
});

const UNSIGNED = accessDenied('This route needs an AWS Signature Version 4 for the service execute-api.');

const MALFORMED: GatewayProblem = {
  status: 400,
  code: 'malformed_request',
  title: 'The request cannot be read',
  detail: 'The request does not have the form that this API takes.',
};

const THROTTLED: GatewayProblem = {
  status: 429,
  code: 'too_many_requests',
  title: 'Too many requests',
  detail: 'More requests arrive than this service lets through. Send the same request again later.',
  retryAfter: 2,
};

const UNANSWERED: GatewayProblem = {
  status: 503,
  code: 'try_again',
  title: 'Not now',
  detail: 'The service did not answer in time. Send the same request again; it is safe to repeat.',
  retryAfter: 2,
};

const INTERNAL: GatewayProblem = {
  status: 500,
  code: 'internal',
  title: 'Something failed on our side',
  detail: 'The request could not be completed. It is logged under its requestId.',
};

/**
 * Every answer that API Gateway makes by itself (its developer guide, "Gateway response types"), as a problem document.
 * A test holds codes, statuses and titles against the functions' own.
 */
export const GATEWAY_PROBLEMS: Readonly<Record<string, GatewayProblem>> = {
  ACCESS_DENIED: accessDenied('The signature is good, but its identity may not call this route.'),
  API_CONFIGURATION_ERROR: INTERNAL,
  AUTHORIZER_CONFIGURATION_ERROR: INTERNAL,
  AUTHORIZER_FAILURE: INTERNAL,
  BAD_REQUEST_BODY: MALFORMED,
  BAD_REQUEST_PARAMETERS: MALFORMED,
  DEFAULT_4XX: MALFORMED,
  DEFAULT_5XX: INTERNAL,
  EXPIRED_TOKEN: accessDenied('The AWS credentials have expired. Get new ones and sign again.'),
  INTEGRATION_FAILURE: UNANSWERED,
  INTEGRATION_TIMEOUT: UNANSWERED,
  INVALID_API_KEY: accessDenied('This service takes no API keys.'),
  INVALID_SIGNATURE: accessDenied(
    'The AWS Signature Version 4 does not match. Check key, Region, service (execute-api), clock, and the query: its parameters in alphabetical order, percent-encoded (":" is "%3A").',
  ),
  MISSING_AUTHENTICATION_TOKEN: UNSIGNED,
  QUOTA_EXCEEDED: THROTTLED,
  REQUEST_TOO_LARGE: {
    status: 413,
    code: 'payload_too_large',
    title: 'The request body is too large',
    detail: 'The body is too large. At most 16 KB are read.',
  },
  RESOURCE_NOT_FOUND: {
    status: 404,
    code: 'not_found',
    title: 'There is no such thing',
    detail: 'There is nothing at this path.',
  },
  THROTTLED: THROTTLED,
  UNAUTHORIZED: UNSIGNED,
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    title: 'The request body is not JSON',
    detail: 'The body must be application/json.',
  },
  WAF_FILTERED: accessDenied('The firewall in front of this service refused the request.'),
};

/** Makes the gateway's own answers problem documents (RFC 9457), like those of the functions. */
export function addProblemResponses(api: RestApi): void {
  for (const [type, problem] of Object.entries(GATEWAY_PROBLEMS))
    api.addGatewayResponse(type, {
      type: ResponseType.of(type),
      statusCode: String(problem.status),
      responseHeaders: headers(problem),
      templates: { 'application/json': body(problem) },
    });
}

/** Static values are written in single quotes. */
function headers({ retryAfter }: GatewayProblem): Record<string, string> {
  return {
    'Content-Type': "'application/problem+json'",
    'Cache-Control': "'no-store'",
    ...(retryAfter === undefined ? {} : { 'Retry-After': `'${retryAfter}'` }),
  };
}

/** API Gateway replaces `$context.requestId`, and nothing else: no text of the caller gets into the answer. */
function body({ code, title, status, detail }: GatewayProblem): string {
  return JSON.stringify({
    type: `urn:fleetseal:problem:${code}`,
    title,
    status,
    detail,
    code,
    requestId: '$context.requestId',
  });
}
