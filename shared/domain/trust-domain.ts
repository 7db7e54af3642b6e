/**
 * Name of a trust domain: the host of every SPIFFE ID in it (SPIFFE-ID section 2.1). 1 to 255 lower-case letters, digits,
 * `-`, `_` and `.`, where dots separate parts that are not empty and the last part is not digits only: verifiers take such
 * a host for an IP address, which Go refuses in a URI below a CA with name constraints.
 */
export type TrustDomain = string & { readonly __brand: 'TrustDomain' };

export const TRUST_DOMAIN_RULE =
  '1 to 255 lower-case letters, digits, "-", "_" and single dots between them, with a last part that is not all digits, such as "fleet.example.com"';

/** Undefined where `text` breaks the rule. */
export function parseTrustDomain(text: string): TrustDomain | undefined {
  const fits = /^(?=.{1,255}$)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(text) && !/(?:^|\.)\d+$/.test(text);
  return fits ? (text as TrustDomain) : undefined;
}
