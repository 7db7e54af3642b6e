/**
 * The name of a certificate's holder: 1 to 64 (RFC 5280 ub-common-name) of letters, digits, `.`, `_` and `-`.
 * These characters need no escaping in a subject, a SPIFFE ID, a path or a shell; `.` and `..` alone are refused, since they
 * vanish from a path (RFC 3986 section 5.2.4). Upper and lower case are different names.
 */
export type CommonName = string & { readonly __brand: 'CommonName' };

export const COMMON_NAME_RULE = '1 to 64 letters, digits, ".", "_" or "-", not "." or ".." alone';

/** Undefined where `text` breaks the rule. */
export function parseCommonName(text: string): CommonName | undefined {
  return /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/.test(text) ? (text as CommonName) : undefined;
}
