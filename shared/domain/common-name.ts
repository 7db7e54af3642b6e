/**
 * The name of a certificate's holder, in lower case: 1 to 64 (RFC 5280 ub-common-name) of letters, digits, `.`, `_` and
 * `-`. These characters need no escaping in a subject, a SPIFFE ID, a path or a shell; `.` and `..` alone are refused,
 * since they vanish from a path (RFC 3986 section 5.2.4). Host names have no case (RFC 4343), and Windows writes them in
 * capitals: equal names are equal strings.
 */
export type CommonName = string & { readonly __brand: 'CommonName' };

export const COMMON_NAME_RULE = '1 to 64 letters, digits, ".", "_" or "-", not "." or ".." alone';

/** What the rule says, as a pattern that JSON Schema takes. */
export const COMMON_NAME_FORM = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/**
 * Reads a name in either case; undefined where it breaks the rule.
 *
 * @example parseCommonName('WEB-05') // 'web-05'
 */
export function parseCommonName(text: string): CommonName | undefined {
  // Tested before lower-casing: the Kelvin sign, for one, would become a plain "k".
  return COMMON_NAME_FORM.test(text) ? (text.toLowerCase() as CommonName) : undefined;
}
