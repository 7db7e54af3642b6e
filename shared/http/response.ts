import type { APIGatewayProxyResult } from 'aws-lambda';
import { withoutUndefined } from '../domain/without-undefined.ts';
import type { AppError } from '../errors/app-error.ts';
import { problemDocument, problemHeaders } from './problem.ts';

/** What a handler returns: JSON, text, or only a status. */
export interface ApiResponse {
  readonly status: 200 | 201 | 204 | 304;
  /** Becomes `application/json`. */
  readonly json?: unknown;
  /** Any other representation, instead of `json`. */
  readonly text?: { readonly contentType: string; readonly content: string };
  /** Further headers, in lower case; they win over the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * On every response. No store, since responses hold tokens and certificates of one caller (RFC 9111 section 5.2.2.5); the
 * rest keeps browsers from doing anything with them.
 */
const USUAL_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
} as const;

/** The response in the gateway's form. */
export function toGatewayResult(response: ApiResponse, requestId: string): APIGatewayProxyResult {
  const { json, text } = response;
  const content = text?.content ?? (json === undefined ? '' : `${JSON.stringify(json)}\n`);
  const contentType = text?.contentType ?? (json === undefined ? undefined : 'application/json');
  return {
    statusCode: response.status,
    headers: withoutUndefined({
      ...USUAL_HEADERS,
      'content-type': contentType,
      ...response.headers,
      'x-request-id': requestId,
    }),
    body: content,
    isBase64Encoded: false,
  };
}

/** The problem document for an error, in the gateway's form. */
export function toProblemResult(error: AppError, requestId: string): APIGatewayProxyResult {
  const document = problemDocument(error, requestId);
  return {
    statusCode: document.status,
    headers: {
      ...USUAL_HEADERS,
      'content-type': 'application/problem+json',
      ...problemHeaders(error),
      'x-request-id': requestId,
    },
    body: `${JSON.stringify(document)}\n`,
    isBase64Encoded: false,
  };
}
