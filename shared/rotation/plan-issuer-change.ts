import { endOf, type Issuer, type IssuerState, isRevokedElsewhere } from '../domain/authority.ts';
import { DAY, HOUR } from '../domain/duration.ts';
import { type Instant, isOver, plus, toRfc3339 } from '../domain/instant.ts';
import { familyOfCa } from '../domain/key-family.ts';
import { MAX_LEAF_LIFETIME_SECONDS } from '../domain/profile.ts';
import { AppError, fieldError } from '../errors/app-error.ts';
import type { IssuerTransition } from '../issuance/ports.ts';
import { ISSUER_ACTIONS, type IssuerAction } from './issuer-transitions.ts';

/** What is to be done with an issuer, by whom. */
export interface IssuerChangeRequest {
  readonly id: string;
  readonly action: IssuerAction;
  /** ARN of the IAM principal, or `SERVICE`. */
  readonly by: string;
  readonly comment?: string | undefined;
  /** When the root is to revoke a compromised issuer: 7 days after its compromise was reported at the latest. @default - then */
  readonly revokeAt?: Instant | undefined;
}

/** A change as one transaction: what changes, and what must still be as it was read. */
export interface IssuerChangePlan {
  readonly transitions: readonly IssuerTransition[];
  readonly unchanged: readonly Pick<Issuer, 'id' | 'state'>[];
}

/**
 * Hosts have this time to renew with another issuer. CA/Browser Forum, Baseline Requirements section 4.9.1.2: the certificate of
 * a CA whose key is compromised is revoked within 7 days.
 */
const REVOKED_WITHIN_SECONDS = 7 * DAY;

/** An enrollment that was under way when an issuer began to drain; clocks that differ. */
const MARGIN_SECONDS = HOUR;

/**
 * Plans a change of an issuer's state; pure.
 *
 * @returns undefined where the issuer is as requested already.
 * @throws AppError `not_found`; `state_conflict` where its state does not allow it, saying what does, and for a `revokeAt`
 *   that is too late.
 */
export function planIssuerChange(
  issuers: readonly Issuer[],
  request: IssuerChangeRequest,
  now: Instant,
): IssuerChangePlan | undefined {
  const { id, action } = request;
  const issuer = issuers.find((one) => one.id === id);
  if (issuer === undefined) throw notFound(id, issuers);
  if (action === 'compromise') return planCompromise(issuers, issuer, request, now);
  const { from, to } = ISSUER_ACTIONS[action];
  if (issuer.state === to) return undefined;
  if (!includes(from, issuer.state)) throw wrongState(issuer, action);
  const transition = transitionOf(issuer, to, request, now);
  if (action === 'activate') return planActivation(issuers, issuer, transition, now);
  if (action === 'drain') return { transitions: [transition], unchanged: [otherActive(issuers, issuer)] };
  checkOver(issuer, now);
  return { transitions: [transition], unchanged: [] };
}

function planActivation(
  issuers: readonly Issuer[],
  issuer: Issuer,
  transition: IssuerTransition,
  now: Instant,
): IssuerChangePlan {
  if (isOver(endOf(issuer), now))
    throw conflict(`${issuer.id} expired at ${toRfc3339(endOf(issuer))}. Certify another slot.`);
  const others = family(issuers, issuer).filter(({ id }) => id !== issuer.id);
  const { by } = transition.change;
  const drained = others
    .filter(({ state }) => state === 'ACTIVE')
    .map((other) => transitionOf(other, 'DRAINING', { by }, now));
  // The write requires that none of these was activated meanwhile: of two activations at once, one is refused.
  const unchanged = others.filter(({ state }) => state === 'READY' || state === 'PENDING');
  return { transitions: [transition, ...drained], unchanged };
}

/** An active one is replaced by the next that is ready, so that issuance goes on. */
function planCompromise(
  issuers: readonly Issuer[],
  issuer: Issuer,
  request: IssuerChangeRequest,
  now: Instant,
): IssuerChangePlan | undefined {
  if (isRevokedElsewhere(issuer) && request.revokeAt !== undefined) throw revokedElsewhere(issuer);
  const compromisedAt = issuer.compromisedAt ?? now;
  const latest = plus(compromisedAt, REVOKED_WITHIN_SECONDS);
  const { revokeAt = latest } = request;
  if (revokeAt > latest) throw tooLate(issuer, latest);
  if (issuer.state === 'COMPROMISED' && !bringsForward(issuer, request)) return undefined;
  const set = isRevokedElsewhere(issuer) ? { compromisedAt } : { compromisedAt, revokeAt };
  const transition = { ...transitionOf(issuer, 'COMPROMISED', request, now), set };
  const next = issuer.state === 'ACTIVE' ? nextReady(issuers, issuer, now) : undefined;
  if (next === undefined) return { transitions: [transition], unchanged: [] };
  const activation = transitionOf(next, 'ACTIVE', { by: request.by }, now);
  return { transitions: [transition, activation], unchanged: [] };
}

/** Until then, verifiers that check revocation accept what anyone with the key signs. */
function tooLate({ id }: Issuer, latest: Instant): AppError {
  return fieldError(
    'state_conflict',
    '#/revokeAt',
    `revokeAt is later than ${toRfc3339(latest)}, 7 days after ${id} was reported as compromised. Choose an earlier time, or leave it out.`,
  );
}

/** Whether the request has the root revoke a compromised issuer earlier than before. */
function bringsForward({ revocation, revokeAt }: Issuer, request: IssuerChangeRequest): boolean {
  if (revocation !== undefined || request.revokeAt === undefined) return false;
  return revokeAt === undefined || request.revokeAt < revokeAt;
}

/** The issuer of the same family that was certified first and waits for its activation. */
function nextReady(issuers: readonly Issuer[], issuer: Issuer, now: Instant): Issuer | undefined {
  return family(issuers, issuer)
    .filter((other) => other.state === 'READY' && !isOver(endOf(other), now))
    .toSorted((a, b) => a.createdAt - b.createdAt)[0];
}

function family(issuers: readonly Issuer[], { keySpec }: Issuer): readonly Issuer[] {
  return issuers.filter((other) => familyOfCa(other.keySpec) === familyOfCa(keySpec));
}

function otherActive(issuers: readonly Issuer[], issuer: Issuer): Issuer {
  const other = issuers.find(({ id, state }) => id !== issuer.id && state === 'ACTIVE');
  if (other !== undefined) return other;
  throw conflict(
    `${issuer.id} is the only active issuer: without it, no certificate is issued. Activate the next one instead, which drains this one.`,
  );
}

/** The latest end of a certificate that an issuer that drains has issued: the one that was reserved last. */
export function lastLeafEnd(issuer: Issuer): Instant {
  const { drainedAt } = issuer;
  const end = endOf(issuer);
  const last =
    drainedAt === undefined ? undefined : plus(drainedAt, MAX_LEAF_LIFETIME_SECONDS + MARGIN_SECONDS);
  return last === undefined || last > end ? end : last;
}

/** One that was never active issued nothing. */
function checkOver(issuer: Issuer, now: Instant): void {
  const end = lastLeafEnd(issuer);
  if (issuer.state === 'READY' || isOver(end, now)) return;
  throw conflict(
    `Certificates of ${issuer.id} may be valid until ${toRfc3339(end)}. Until then it signs their revocation lists; retire it afterwards.`,
  );
}

function transitionOf(
  { id, state }: Issuer,
  to: IssuerState,
  { by, comment }: Pick<IssuerChangeRequest, 'by' | 'comment'>,
  now: Instant,
): IssuerTransition {
  const change = { to, at: now, by, ...(comment === undefined ? {} : { comment }) };
  return { id, from: state, change, ...(to === 'DRAINING' ? { set: { drainedAt: now } } : {}) };
}

function includes(states: readonly IssuerState[], state: IssuerState): boolean {
  return states.includes(state);
}

function wrongState({ id, state }: Issuer, action: IssuerAction): AppError {
  const { from, to } = ISSUER_ACTIONS[action];
  return conflict(`${id} is ${state}; only an issuer that is ${from.join(' or ')} can become ${to}.`);
}

function notFound(id: string, issuers: readonly Issuer[]): AppError {
  const known = issuers.map((issuer) => issuer.id).join(', ');
  return new AppError(
    'not_found',
    `There is no issuer "${id}"; there are ${known}. POST /v1/issuers makes the next one.`,
  );
}

function revokedElsewhere({ id }: Issuer): AppError {
  return conflict(
    `${id} is certified by the CA of an external root, which alone can revoke it. Leave revokeAt out, and have that CA revoke it.`,
  );
}

function conflict(words: string): AppError {
  return new AppError('state_conflict', words);
}
