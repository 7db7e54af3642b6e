import { type Instant, plus } from './instant.ts';

/** Both ends belong to the period (RFC 5280 section 4.1.2.5). */
export interface Validity {
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** When a third of its life is left: what is renewed is renewed from then on. */
export function twoThirdsOfLife({ notBefore, notAfter }: Validity): Instant {
  return plus(notBefore, Math.floor(((notAfter - notBefore) * 2) / 3));
}
