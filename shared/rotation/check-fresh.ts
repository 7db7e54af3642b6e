import { type Clock, toRfc3339 } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import type { FreshStatement } from '../pki/proof/statement.ts';

/** How far the clocks of a host and of the service may differ, the way of the request included. Seconds. */
const MAX_DIFFERENCE_SECONDS = 300;

/** What a statement is compared with. */
export interface FreshnessOptions {
  readonly clock: Clock;
  /** The URL of this very route, as the caller reached it: `https://pki.example.com/v1/renew`. */
  readonly endpoint: string;
}

/**
 * Checks that a statement was made a moment ago, and for this service.
 *
 * @throws AppError `proof_not_fresh` with the time of the service; `proof_rejected` for another audience.
 */
export function checkFresh(
  { signedAt, audience }: FreshStatement,
  { clock, endpoint }: FreshnessOptions,
): void {
  const now = clock();
  if (Math.abs(now - signedAt) > MAX_DIFFERENCE_SECONDS)
    throw new AppError(
      'proof_not_fresh',
      `The proof was signed at ${toRfc3339(signedAt)} by the clock of the host; here it is ${toRfc3339(now)}. They may differ by ${MAX_DIFFERENCE_SECONDS} seconds. Set the clock of the host, and sign again.`,
    );
  if (audience !== undefined && !isAudience(audience, endpoint))
    throw new AppError(
      'proof_rejected',
      `The proof was made for another service: its "aud" must be the URL of this API, such as ${new URL('/', endpoint).origin}.`,
    );
}

/** An https URL of the same host, whose path the path of the route begins with, part by part; without query and fragment. */
function isAudience(audience: string, endpoint: string): boolean {
  const [given, here] = [URL.parse(audience), new URL(endpoint)];
  if (given === null || given.origin !== here.origin) return false;
  const bare = given.search === '' && given.hash === '' && given.username === '' && given.password === '';
  return bare && `${here.pathname}/`.startsWith(`${given.pathname.replace(/\/$/, '')}/`);
}
