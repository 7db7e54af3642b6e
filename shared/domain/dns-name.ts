/**
 * A DNS host name in lower case: letters, digits and hyphens in labels of 1 to 63, at most 253 in all (RFC 1034
 * section 3.5, RFC 1123 section 2.1); no trailing dot, no wildcard, no underscore. A name whose last label is all
 * digits is refused, since verifiers read such a name as an IP address (RFC 1123 section 2.1).
 */
export type DnsName = string & { readonly __brand: 'DnsName' };

export const DNS_NAME_RULE = 'a host name of letters, digits and hyphens, without wildcard or trailing dot';

// Tested before lower-casing: the Kelvin sign, for one, would become a plain "k".
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Reads a name in either case; undefined where it breaks the rule. */
export function parseDnsName(text: string): DnsName | undefined {
  const labels = text.split('.');
  const last = labels.at(-1) ?? '';
  const fits = text.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(last);
  return fits ? (text.toLowerCase() as DnsName) : undefined;
}
