import type { Cidr } from './ip-network.ts';

/**
 * What an issuer may certify (RFC 5280 section 4.2.1.10). Without permitted networks no IP address is permitted, where
 * DNS names are limited: every address would else be. Without permitted DNS names every DNS name is, since Java takes a
 * common name for one: with none permitted, no certificate would verify. URIs are not limited.
 */
export interface NameConstraints {
  /** `example.com` permits itself and everything below. */
  readonly permittedDns: readonly string[];
  readonly permittedIp: readonly Cidr[];
}
