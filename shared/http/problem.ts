import { withoutUndefined } from '../domain/without-undefined.ts';
import { AppError, type FieldError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/codes.ts';

/** How a code is shown to HTTP callers. */
export interface ProblemKind {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
  /** The same for every occurrence of the code (RFC 9457 section 3.1.4). */
  readonly title: string;
}

/** The only place that knows which code has which HTTP status; a code without a row does not compile. */
export const PROBLEMS: Readonly<Record<ErrorCode, ProblemKind>> = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  unknown_field: { status: 400, title: 'The request has a field that does not exist' },
  malformed_csr: { status: 400, title: 'The certificate signing request cannot be read' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The request body is not JSON' },
  token_missing: { status: 401, title: 'A bootstrap token is needed' },
  token_rejected: { status: 401, title: 'The bootstrap token is not accepted' },
  access_denied: { status: 403, title: 'The caller may not do this' },
  not_found: { status: 404, title: 'There is no such thing' },
  deployment_not_recorded: { status: 404, title: 'No deployment is recorded with the certificate' },
  method_not_allowed: { status: 405, title: 'The method does not apply here' },
  name_in_use: { status: 409, title: 'The name is in use' },
  request_differs: { status: 409, title: 'The same key asked for something else before' },
  certificate_revoked: { status: 409, title: 'The certificate is revoked' },
  certificate_expired: { status: 409, title: 'The certificate has expired' },
  certificate_differs: { status: 409, title: 'The certificate is not the one that was described' },
  csr_refused: { status: 422, title: 'The certificate signing request is refused' },
  key_refused: { status: 422, title: 'The public key is refused' },
  name_not_allowed: { status: 422, title: 'The name is not allowed' },
  name_outside_profile: { status: 422, title: 'The names do not fit the profile' },
  name_outside_constraints: { status: 422, title: "The issuer's name constraints do not permit the name" },
  lifetime_beyond_issuer: { status: 422, title: 'The certificate would outlive its issuer' },
  name_blocked: { status: 422, title: 'The name is blocked' },
  source_not_allowed: { status: 422, title: 'The token does not apply to this address' },
  invalid_token_policy: { status: 422, title: 'The token would contradict its profile' },
  deployment_refused: { status: 422, title: 'The deployment cannot be served' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  authority_not_ready: { status: 503, title: 'The authority cannot issue yet' },
  try_again: { status: 503, title: 'Not now' },
  internal: { status: 500, title: 'Something failed on our side' },
};

/** A problem document (RFC 9457 section 3) with our extension members. */
export interface ProblemDocument {
  readonly type: `urn:fleetseal:problem:${ErrorCode}`;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

/** Seconds to wait where the error does not say: 429 and 503 always carry `Retry-After`. */
const DEFAULT_RETRY_AFTER = 2;

const INTERNAL_DETAIL = 'The request could not be completed. It is logged under its requestId.';

/** The document for an error. What `internal` says of itself stays in the log. */
export function problemDocument(error: AppError, requestId: string): ProblemDocument {
  const { status, title } = PROBLEMS[error.code];
  return withoutUndefined({
    type: `urn:fleetseal:problem:${error.code}` as const,
    title,
    status,
    detail: error.code === 'internal' ? INTERNAL_DETAIL : error.message,
    code: error.code,
    requestId,
    errors: error.errors.length > 0 && error.code !== 'internal' ? error.errors : undefined,
  });
}

/** The path exists, for other methods. */
export class MethodNotAllowed extends AppError {
  readonly allow: string;

  /** @param methods those that the path has, for the header `Allow` (RFC 9110 section 15.5.6). */
  constructor(methods: readonly string[]) {
    const allow = methods.join(', ');
    super('method_not_allowed', `This path takes ${allow}.`);
    this.allow = allow;
  }
}

/**
 * Headers that belong to a problem: `Retry-After` (RFC 9110 section 10.2.3) with 429, 503 and where the error says;
 * `WWW-Authenticate` (section 11.6.1) with 401. API Gateway passes the latter on as `x-amzn-remapped-www-authenticate`.
 */
export function problemHeaders(error: AppError): Readonly<Record<string, string>> {
  const { status } = PROBLEMS[error.code];
  const wait = error.retryAfter ?? (status === 429 || status === 503 ? DEFAULT_RETRY_AFTER : undefined);
  return withoutUndefined({
    'retry-after': wait === undefined ? undefined : String(Math.ceil(wait)),
    allow: error instanceof MethodNotAllowed ? error.allow : undefined,
    'www-authenticate': status === 401 ? 'Bearer realm="fleetseal"' : undefined,
  });
}
