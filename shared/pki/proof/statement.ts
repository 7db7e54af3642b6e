import { type Instant, instant } from '../../domain/instant.ts';

/*
 * What statements that age have in common: when they were made, and for which service.
 */

/** A statement that is good for a few minutes, and for one service. */
export interface FreshStatement {
  /** When it was made, by the clock of the host. */
  readonly signedAt: Instant;
  /** The URL of the service that it was made for; a CMS names none. */
  readonly audience: string | undefined;
}

/** Seconds until the year 10000. */
const END_OF_TIME = 253_402_300_800;

/** `iat` (RFC 7519 section 4.1.6): seconds, which may have fractions. Undefined for anything else. */
export function readIssuedAt(iat: unknown): Instant | undefined {
  return typeof iat === 'number' && iat >= 0 && iat < END_OF_TIME ? instant(Math.floor(iat)) : undefined;
}
