import type { CommonName } from './common-name.ts';
import type { ProfileName } from './profile.ts';
import type { TrustDomain } from './trust-domain.ts';

/** Who a certificate speaks for. One live holder. */
export interface Identity {
  readonly trustDomain: TrustDomain;
  readonly profile: ProfileName;
  readonly name: CommonName;
}

/**
 * The identity as a SPIFFE ID, `spiffe://<trust domain>/<profile>/<name>`: the one URI of its certificates. Every part
 * keeps to the characters of SPIFFE-ID sections 2.1 and 2.2, and with at most 343 characters it is far below the 2,048
 * that every implementation takes (section 2.3).
 *
 * @example spiffeId({ trustDomain, profile: 'agent', name }) // 'spiffe://fleet/agent/web-01'
 */
export function spiffeId({ trustDomain, profile, name }: Identity): string {
  return `spiffe://${trustDomain}/${profile}/${name}`;
}
