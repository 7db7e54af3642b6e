import { withoutUndefined } from '../domain/without-undefined.ts';
import { AppError, type FieldError } from '../errors/app-error.ts';
import type { ErrorCode } from '../errors/codes.ts';

/** How a code is shown to HTTP callers. */
export interface ProblemKind {
  readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 409 | 413 | 415 | 422 | 429 | 500 | 503;
  /** The same for every occurrence of the code (RFC 9457 section 3.1.4). */
  readonly title: string;
}

/** The only place that knows which code has which HTTP status; a code without a row does not compile. */
export const PROBLEMS: Readonly<Record<ErrorCode, ProblemKind>> = {
  malformed_request: { status: 400, title: 'Malformed request' },
  unknown_field: { status: 400, title: 'Unknown field' },
  malformed_csr: { status: 400, title: 'Malformed certificate signing request' },
  malformed_proof: { status: 400, title: 'Malformed proof of possession' },
  payload_too_large: { status: 413, title: 'Request body too large' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  not_acceptable: { status: 406, title: 'Not acceptable' },
  token_missing: { status: 401, title: 'Bootstrap token required' },
  token_rejected: { status: 401, title: 'Bootstrap token rejected' },
  proof_rejected: { status: 401, title: 'Proof of possession rejected' },
  proof_not_fresh: { status: 401, title: 'Proof of possession not fresh' },
  access_denied: { status: 403, title: 'Access denied' },
  not_found: { status: 404, title: 'Not found' },
  deployment_not_recorded: { status: 404, title: 'No deployment recorded for the certificate' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  name_in_use: { status: 409, title: 'Name in use' },
  request_differs: { status: 409, title: 'Request differs from an earlier one with the same key' },
  certificate_revoked: { status: 409, title: 'Certificate revoked' },
  certificate_expired: { status: 409, title: 'Certificate expired' },
  certificate_differs: { status: 409, title: 'Certificate does not match the request' },
  root_in_settings: { status: 409, title: 'Root named by the settings' },
  root_not_adopted: { status: 409, title: 'Too few hosts trust the root' },
  root_not_acknowledged: { status: 409, title: 'Verifiers of the root not acknowledged' },
  no_free_slot: { status: 409, title: 'No free issuer slot' },
  state_conflict: { status: 409, title: 'Not possible in the present state' },
  already_renewed: { status: 409, title: 'Certificate already renewed' },
  not_confirmed: { status: 422, title: 'Not confirmed' },
  csr_refused: { status: 422, title: 'Certificate signing request refused' },
  key_refused: { status: 422, title: 'Public key refused' },
  name_not_allowed: { status: 422, title: 'Name not allowed' },
  name_outside_profile: { status: 422, title: 'Names do not fit the profile' },
  name_outside_constraints: { status: 422, title: "Name not permitted by the issuer's name constraints" },
  lifetime_beyond_issuer: { status: 422, title: 'Certificate would outlive its issuer' },
  name_blocked: { status: 422, title: 'Name blocked' },
  source_not_allowed: { status: 422, title: 'Source address not allowed' },
  invalid_token_policy: { status: 422, title: 'Token policy contradicts the profile' },
  replacement_refused: { status: 422, title: 'Replacement refused' },
  deployment_refused: { status: 422, title: 'Deployment refused' },
  root_refused: { status: 422, title: 'Root certificate refused' },
  issuer_refused: { status: 422, title: 'Issuer certificate refused' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  renewed_too_often: { status: 429, title: 'Certificate renewed too often' },
  authority_not_ready: { status: 503, title: 'Authority not ready' },
  try_again: { status: 503, title: 'Temporarily unavailable' },
  internal: { status: 500, title: 'Internal error' },
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

/** Where the error does not say: 429 and 503 always carry `Retry-After`. */
const DEFAULT_RETRY_AFTER_SECONDS = 2;

const INTERNAL_DETAIL = 'The request could not be completed. The cause is in the log, under this requestId.';

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

/** The path exists, but not with this method. */
export class MethodNotAllowed extends AppError {
  readonly allow: string;

  /** @param methods those that the path has, for the header `Allow` (RFC 9110 section 15.5.6). */
  constructor(methods: readonly string[]) {
    const allow = methods.join(', ');
    super('method_not_allowed', `This path allows only ${allow}.`);
    this.allow = allow;
  }
}

/**
 * Headers that belong to a problem: `Retry-After` (RFC 9110 section 10.2.3) with 429, 503 and where the error says;
 * `WWW-Authenticate` (section 11.6.1) with 401. API Gateway passes the latter on as `x-amzn-remapped-www-authenticate`.
 */
export function problemHeaders(error: AppError): Readonly<Record<string, string>> {
  const { status } = PROBLEMS[error.code];
  const wait =
    error.retryAfterSeconds ?? (status === 429 || status === 503 ? DEFAULT_RETRY_AFTER_SECONDS : undefined);
  return withoutUndefined({
    'retry-after': wait === undefined ? undefined : String(Math.ceil(wait)),
    allow: error instanceof MethodNotAllowed ? error.allow : undefined,
    'www-authenticate': status === 401 ? `${schemeOf(error.code)} realm="fleetseal"` : undefined,
  });
}

/** A proof of possession is in the body, where no registered scheme has it: this one only says so. */
function schemeOf(code: ErrorCode): string {
  return code === 'proof_rejected' || code === 'proof_not_fresh' ? 'Proof-Of-Possession' : 'Bearer';
}
