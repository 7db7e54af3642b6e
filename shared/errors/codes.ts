/**
 * Every error code that a caller of fleetseal can meet: a closed list.
 *
 * The codes are part of the HTTP contract (`urn:fleetseal:problem:<code>`); `shared/http/problem.ts` gives each
 * one its status and title, and a code without an entry there does not compile.
 */
export type ErrorCode =
  // The request cannot be read.
  | 'malformed_request'
  | 'unknown_field'
  | 'malformed_csr'
  | 'malformed_proof'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'not_acceptable'
  // The caller is not authenticated or not authorized.
  | 'token_missing'
  | 'token_rejected'
  | 'proof_rejected'
  | 'proof_not_fresh'
  | 'access_denied'
  // The requested item does not exist.
  | 'not_found'
  | 'deployment_not_recorded'
  | 'method_not_allowed'
  // The request conflicts with what is recorded.
  | 'name_in_use'
  | 'request_differs'
  | 'certificate_revoked'
  | 'certificate_expired'
  | 'certificate_differs'
  | 'root_in_settings'
  | 'root_not_adopted'
  | 'root_not_acknowledged'
  | 'no_free_slot'
  | 'state_conflict'
  | 'already_renewed'
  // Understood, and refused by policy.
  | 'not_confirmed'
  | 'csr_refused'
  | 'key_refused'
  | 'name_not_allowed'
  | 'name_outside_profile'
  | 'name_outside_constraints'
  | 'lifetime_beyond_issuer'
  | 'name_blocked'
  | 'source_not_allowed'
  | 'invalid_token_policy'
  | 'deployment_refused'
  | 'replacement_refused'
  | 'root_refused'
  | 'issuer_refused'
  // Temporary, or a fault of the service.
  | 'authority_not_ready'
  | 'too_many_requests'
  | 'renewed_too_often'
  | 'try_again'
  | 'internal';
