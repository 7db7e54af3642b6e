import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Instant, isOver, plus } from '../domain/instant.ts';

/** How long one request may sign before another may take over: longer than {@link SIGNING_SECONDS}. */
const LEASE_SECONDS = 15;

/** How much of a lease must be left to begin signing: the signer's whole time budget, and a second for rounding. */
const SIGNING_SECONDS = 9;

/** The right to sign a reserved record, for `owner`, from `now` on. */
export function newLease(owner: string, now: Instant): CertificateRecord['lease'] {
  return { owner, until: plus(now, LEASE_SECONDS) };
}

/**
 * What `owner` may do with a record under this lease: `sign` it, `take` the lease that has ended, or `wait`. An own lease
 * that is nearly over (reserving took long) is waited out: another request would take over while this one signs.
 */
export function turnOf(
  lease: CertificateRecord['lease'],
  owner: string,
  now: Instant,
): 'sign' | 'take' | 'wait' {
  if (isOver(lease.until, now)) return 'take';
  return lease.owner === owner && lease.until - now >= SIGNING_SECONDS ? 'sign' : 'wait';
}
