/**
 * The name of a certificate's holder: 1 to 64 (RFC 5280 ub-common-name) of letters, digits, `.`, `_` and `-`.
 * These characters need no escaping in a subject, a URN, a path or a shell. Upper and lower case are different names.
 */
export type CommonName = string & { readonly __brand: 'CommonName' };

export const COMMON_NAME_RULE = '1 to 64 letters, digits, ".", "_" or "-"';

/** Undefined where `text` breaks the rule. */
export function parseCommonName(text: string): CommonName | undefined {
  return /^[A-Za-z0-9._-]{1,64}$/.test(text) ? (text as CommonName) : undefined;
}
