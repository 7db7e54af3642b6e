import { CfnGatewayResponse, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

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
  title: 'Access denied',
  detail,
});
const malformed: GatewayProblem = {
  status: 400,
  code: 'malformed_request',
  title: 'Malformed request',
  detail: 'The request could not be read.',
};
const throttled: GatewayProblem = {
  status: 429,
  code: 'too_many_requests',
  title: 'Too many requests',
  detail: 'More requests arrive than this service lets through. Try again later.',
  retryAfter: 2,
};
const unavailable: GatewayProblem = {
  status: 503,
  code: 'try_again',
  title: 'Try again',
  detail: 'The service could not answer in time. The same request can be sent again.',
  retryAfter: 5,
};
const internal: GatewayProblem = {
  status: 500,
  code: 'internal',
  title: 'Internal error',
  detail: 'Something went wrong inside the service. The request id finds it in the log.',
};
const unsigned = accessDenied('The request has no AWS Signature Version 4. Sign it for the service execute-api.');

/**
 * Every answer that API Gateway makes by itself (its developer guide, "Gateway response types"), as a problem document.
 * A test holds codes, statuses and titles against the functions' own.
 */
export const GATEWAY_PROBLEMS: Readonly<Record<string, GatewayProblem>> = {
  ACCESS_DENIED: accessDenied('The signature is good, but its identity may not call this route.'),
  API_CONFIGURATION_ERROR: internal,
  AUTHORIZER_CONFIGURATION_ERROR: internal,
  AUTHORIZER_FAILURE: internal,
  BAD_REQUEST_BODY: malformed,
  BAD_REQUEST_PARAMETERS: malformed,
  DEFAULT_4XX: malformed,
  DEFAULT_5XX: internal,
  EXPIRED_TOKEN: accessDenied('The AWS credentials have expired. Get new ones and sign again.'),
  INTEGRATION_FAILURE: unavailable,
  INTEGRATION_TIMEOUT: unavailable,
  INVALID_API_KEY: accessDenied('This service takes no API keys.'),
  INVALID_SIGNATURE: accessDenied(
    'The AWS Signature Version 4 does not match. Check key, Region, service (execute-api), clock, and the order of query parameters.',
  ),
  MISSING_AUTHENTICATION_TOKEN: unsigned,
  QUOTA_EXCEEDED: throttled,
  REQUEST_TOO_LARGE: {
    status: 413,
    code: 'payload_too_large',
    title: 'Payload too large',
    detail: 'The body is too large. At most 16 KB are read.',
  },
  RESOURCE_NOT_FOUND: { status: 404, code: 'not_found', title: 'Not found', detail: 'There is nothing at this path.' },
  THROTTLED: throttled,
  UNAUTHORIZED: unsigned,
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    title: 'Unsupported media type',
    detail: 'The body must be application/json.',
  },
  WAF_FILTERED: accessDenied('The firewall in front of this service refused the request.'),
};

/** Makes the gateway's own answers problem documents (RFC 9457), like those of the functions. */
export class ProblemResponses extends Construct {
  constructor(scope: Construct, id: string, props: { readonly api: RestApi }) {
    super(scope, id);
    for (const [responseType, problem] of Object.entries(GATEWAY_PROBLEMS))
      new CfnGatewayResponse(this, responseType, {
        restApiId: props.api.restApiId,
        responseType,
        statusCode: String(problem.status),
        responseParameters: headers(problem),
        responseTemplates: { 'application/json': body(problem) },
      });
  }
}

/** Static values are written in single quotes. */
function headers({ retryAfter }: GatewayProblem): Record<string, string> {
  return {
    'gatewayresponse.header.Content-Type': "'application/problem+json'",
    'gatewayresponse.header.Cache-Control': "'no-store'",
    ...(retryAfter === undefined ? {} : { 'gatewayresponse.header.Retry-After': `'${retryAfter}'` }),
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
