import { changedAt, type Issuer } from '../domain/authority.ts';
import { DAY, MINUTE } from '../domain/duration.ts';
import { type Instant, instant, isOver, plus } from '../domain/instant.ts';
import { familyOfCa } from '../domain/key-family.ts';
import { MAX_LEAF_LIFETIME_SECONDS } from '../domain/profile.ts';
import type { IssuerSlot } from '../domain/slot.ts';
import { freeSlots } from './issuer-slots.ts';
import { lastLeafEnd } from './plan-issuer-change.ts';

/*
 * The rollover of issuers: when the next one is certified and takes over, and when the life of one ends. Pure, so that
 * every run decides the same.
 *
 *   |<-------------- ACTIVE -------------->|<---- DRAINING ---->| end
 *                            |<- certified ->|  a longest leaf life
 *                              30 days ahead
 */

/** The next issuer is certified this long before it takes over: time to notice that it could not be. */
const AHEAD_SECONDS = 30 * DAY;

/** From its certification until every list of an issuer is published and OCSP answers for it; several runs of each. */
const SETTLING_SECONDS = 15 * MINUTE;

/** What is due. */
export interface RolloverStep {
  readonly action: 'certify' | 'activate' | 'retire';
  readonly id: string;
}

/** How long an issuer or a slot issues before it must drain: a lifetime of a leaf is never clipped. */
function usableSeconds(lifetimeSeconds: number): number {
  // An issuer that lives shorter than two of the longest leaves issues for half of its life, and refuses the longest.
  return lifetimeSeconds - Math.min(MAX_LEAF_LIFETIME_SECONDS, lifetimeSeconds / 2);
}

/** When an issuer should begin to drain; long ago where it waits for its certificate. */
function drainsAt({ validity }: Pick<Issuer, 'validity'>): Instant {
  if (validity === undefined) return instant(0);
  const { notBefore, notAfter } = validity;
  return instant(Math.floor(notBefore + usableSeconds(notAfter - notBefore)));
}

/** What is due now, in the order in which it is done; each step may change what the next plan says. */
export function planRollover(
  issuers: readonly Issuer[],
  slots: readonly IssuerSlot[],
  now: Instant,
): readonly RolloverStep[] {
  const started = issuers.filter(
    ({ id, state }) => state === 'PENDING' && slots.some((slot) => slot.id === id),
  );
  return [
    ...started.map(({ id }) => ({ action: 'certify' as const, id })),
    ...families(issuers).flatMap((family) => successionOf(family, slots, issuers, now)),
    ...issuers.filter((issuer) => isPast(issuer, now)).map(({ id }) => ({ action: 'retire' as const, id })),
  ];
}

/** The next step towards the successor of a family's active issuer. */
function successionOf(
  family: readonly Issuer[],
  slots: readonly IssuerSlot[],
  issuers: readonly Issuer[],
  now: Instant,
): readonly RolloverStep[] {
  const due = successionDue(family, now);
  if (due === undefined || now < plus(due, -AHEAD_SECONDS)) return [];
  const ready = waiting(family, due)[0];
  if (ready === undefined) {
    // What was begun is finished first, so that a failure takes no further slot.
    if (family.some(({ state }) => state === 'PENDING')) return [];
    const free = freeSlots(slots, issuers).find((slot) => isOf(family, slot));
    return free === undefined ? [] : [{ action: 'certify', id: free.id }];
  }
  return now < due || !isSettled(ready, family, now) ? [] : [{ action: 'activate', id: ready.id }];
}

/** When the family needs its next issuer; undefined where it needs none, because an administrator let it drain. */
function successionDue(family: readonly Issuer[], now: Instant): Instant | undefined {
  const active = family.find(({ state }) => state === 'ACTIVE');
  if (active !== undefined) return drainsAt(active);
  const last = family
    .filter((issuer) => changedAt(issuer, 'ACTIVE') !== undefined)
    .toSorted(byActivation)
    .at(-1);
  return last?.state === 'COMPROMISED' ? now : undefined;
}

function byActivation(a: Issuer, b: Issuer): number {
  return (changedAt(a, 'ACTIVE') ?? 0) - (changedAt(b, 'ACTIVE') ?? 0);
}

/** READY, and of use after `due`; the one that was certified first comes first. */
function waiting(family: readonly Issuer[], due: Instant): readonly Issuer[] {
  return family
    .filter((issuer) => issuer.state === 'READY' && drainsAt(issuer) > due)
    .toSorted((a, b) => a.createdAt - b.createdAt);
}

/** Without an active one, nothing is gained by waiting. */
function isSettled(ready: Issuer, family: readonly Issuer[], now: Instant): boolean {
  const certifiedAt = changedAt(ready, 'READY') ?? ready.createdAt;
  return plus(certifiedAt, SETTLING_SECONDS) <= now || !family.some(({ state }) => state === 'ACTIVE');
}

/** Whether an issuer has nothing left to sign, or waited in vain. */
function isPast(issuer: Issuer, now: Instant): boolean {
  if (issuer.state === 'READY') return drainsAt(issuer) <= now;
  return issuer.state === 'DRAINING' && isOver(lastLeafEnd(issuer), now);
}

/**
 * For how long certificates can be issued without an operator, in seconds: by the active issuer, and those that take over
 * by themselves. Of two families, the one that ends first; 0 where no issuer is active.
 */
export function issuanceSeconds(
  issuers: readonly Issuer[],
  slots: readonly IssuerSlot[],
  now: Instant,
): number {
  const lefts = families(issuers)
    .filter((family) => family.some(({ state }) => state === 'ACTIVE'))
    .map((family) => {
      const certified = family.filter(({ state }) => state === 'ACTIVE' || state === 'READY');
      const end = Math.max(now, ...certified.map(drainsAt));
      const free = freeSlots(slots, issuers).filter((slot) => isOf(family, slot));
      return end - now + free.reduce((sum, slot) => sum + usableSeconds(slot.lifetimeSeconds), 0);
    });
  return lefts.length === 0 ? 0 : Math.floor(Math.min(...lefts));
}

function families(issuers: readonly Issuer[]): readonly (readonly Issuer[])[] {
  return [...Map.groupBy(issuers, ({ keySpec }) => familyOfCa(keySpec)).values()];
}

function isOf([issuer]: readonly Issuer[], slot: IssuerSlot): boolean {
  return issuer !== undefined && familyOfCa(issuer.keySpec) === familyOfCa(slot.keySpec);
}
