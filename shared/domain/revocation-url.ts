/**
 * Where revocation data are served: `http://<host>`, perhaps with a port, without a path. It is HTTP since a certificate
 * whose check needs TLS could need its own answer first (RFC 5280 section 8). Certificates contain it.
 */
export type RevocationUrl = string & { readonly __brand: 'RevocationUrl' };

/** Labels of RFC 1123 section 2.1 in lower case; a port without leading zeros. */
const FORM =
  /^http:\/\/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::[1-9][0-9]{0,4})?$/;

/** Ends the sentence "must be ...". */
export const REVOCATION_URL_RULE =
  'http:// and a host in lower case, with a port unless it is 80, and nothing else: "http://pki.example.com"';

/** A host name has at most 253 characters (RFC 1035 section 2.3.4). */
const LONGEST = 'http://'.length + 253 + ':65535'.length;

/**
 * Only the normal form, since certificates contain it as it is.
 * @example parseRevocationUrl('http://d111111abcdef8.cloudfront.net')
 */
export function parseRevocationUrl(text: string): RevocationUrl | undefined {
  const isNormal = text.length <= LONGEST && FORM.test(text) && URL.canParse(text);
  return isNormal && new URL(text).origin === text ? (text as RevocationUrl) : undefined;
}
