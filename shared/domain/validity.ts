import type { Instant } from './instant.ts';

/** Both ends belong to the period (RFC 5280 section 4.1.2.5). */
export interface Validity {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/**
 * When a certificate should be renewed: from two thirds of its life to its end. Answered on every issue and replay, so
 * that a client needs no rule of its own.
 */
export function renewalWindow(validity: Validity): { readonly from: Instant; readonly until: Instant } {
  const life = validity.notAfter - validity.notBefore;
  return { from: (validity.notBefore + Math.floor((life * 2) / 3)) as Instant, until: validity.notAfter };
}
