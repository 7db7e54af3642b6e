import { type Instant, instant, isOver, plus } from '../domain/instant.ts';
import { type OcspStatus, type StoredResponse, sameStatus } from '../domain/ocsp.ts';

/*
 * When a response is signed, and how long it lives. Between two signatures of one status lies half of a response's life at
 * least: that is its window.
 */

/** What limits the life of a response: its setting, and the ends of the certificates that it depends on. */
export interface Life {
  readonly lifetimeSeconds: number;
  /** The first of the ends of the certificate in question and of the responder's. */
  readonly end: Instant;
}

/** Until when a response of `now` is to be believed. */
export function nextUpdateOf({ lifetimeSeconds, end }: Life, now: Instant): Instant {
  const latest = plus(now, lifetimeSeconds);
  return latest < end ? latest : end;
}

/** The stored response, where it says what is so and is not over. */
export function usable(
  stored: StoredResponse | undefined,
  status: OcspStatus,
  now: Instant,
): StoredResponse | undefined {
  if (stored === undefined || !sameStatus(stored.status, status)) return undefined;
  return isOver(stored.nextUpdate, now) ? undefined : stored;
}

/**
 * Whether a response should be replaced: after half of its life, if the next one can live longer. At the end of a
 * certificate none can, and the last response serves until then.
 */
export function isDue({ thisUpdate, nextUpdate }: StoredResponse, life: Life, now: Instant): boolean {
  const half = instant(thisUpdate + Math.floor((nextUpdate - thisUpdate) / 2));
  return now >= half && nextUpdateOf(life, now) > nextUpdate;
}
