import { GatewayResponse, type IRestApi, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { AppError } from '../../shared/errors/app-error.ts';
import { problemDocument, problemHeaders } from '../../shared/http/problem.ts';

const accessDenied = (detail: string) => new AppError('access_denied', detail);

/** Only enrollment has a bearer token. */
const SIGNED_ROUTE =
  'This route requires an AWS Signature Version 4 for the service execute-api; a bearer token is for POST /v1/enroll only.';

const UNSIGNED = accessDenied(SIGNED_ROUTE);

const MALFORMED = new AppError('malformed_request', 'The request is malformed.');

const THROTTLED = new AppError(
  'too_many_requests',
  'The rate limit of this service was exceeded. Send the same request again later.',
);

const UNANSWERED = new AppError(
  'try_again',
  'The service did not respond in time. Send the same request again; it is safe to repeat.',
);

const INTERNAL = new AppError('internal', 'API Gateway is misconfigured.');

/**
 * Every response that API Gateway generates itself (its developer guide, "Gateway response types"), as the error that a
 * function would throw.
 */
const GATEWAY_ERRORS: Readonly<Record<string, AppError>> = {
  ACCESS_DENIED: accessDenied('The signature is valid, but the caller may not call this route.'),
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
  INVALID_API_KEY: accessDenied('This service does not accept API keys.'),
  // Also for an Authorization header of another scheme.
  INVALID_SIGNATURE: accessDenied(
    `The header Authorization has no valid signature. ${SIGNED_ROUTE} Check key, Region, clock, and the query: its parameters in alphabetical order, percent-encoded (":" is "%3A").`,
  ),
  MISSING_AUTHENTICATION_TOKEN: UNSIGNED,
  QUOTA_EXCEEDED: THROTTLED,
  REQUEST_TOO_LARGE: new AppError('payload_too_large', 'The body is too large; the limit is 16 KB.'),
  RESOURCE_NOT_FOUND: new AppError('not_found', 'No such path.'),
  THROTTLED,
  UNAUTHORIZED: UNSIGNED,
  UNSUPPORTED_MEDIA_TYPE: new AppError('unsupported_media_type', 'The body must be application/json.'),
  WAF_FILTERED: accessDenied('The firewall in front of this service refused the request.'),
};

/** Makes the gateway's own responses problem documents (RFC 9457), like those of the functions. */
export function addProblemResponses(scope: Construct, restApi: IRestApi): readonly GatewayResponse[] {
  return Object.entries(GATEWAY_ERRORS).map(([type, error]) => {
    // API Gateway replaces only `$context.requestId`: no text from the caller gets into the response.
    const problem = problemDocument(error, '$context.requestId');
    return new GatewayResponse(scope, type, {
      restApi,
      type: ResponseType.of(type),
      statusCode: String(problem.status),
      responseHeaders: quoted({
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        ...problemHeaders(error),
      }),
      templates: { 'application/json': JSON.stringify(problem) },
    });
  });
}

/** Static values are in single quotes; names have API Gateway's own case (`Content-Type`), to replace its headers. */
function quoted(headers: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.replaceAll(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()),
    `'${value}'`,
  ]);
  return Object.fromEntries(entries);
}
