import { type Clock, type Instant, isOver, plus } from '../domain/instant.ts';
import type { StoredResponse } from '../domain/ocsp.ts';
import { parseSerialNumber, type RandomBytes, type SerialNumber } from '../domain/serial-number.ts';
import { type CaSigner, type Pause, SigningError } from '../issuance/ports.ts';
import type { CertId } from '../pki/ocsp/cert-id.ts';
import type { ErrorStatus } from '../pki/ocsp/error-response.ts';
import { prepareResponse } from '../pki/ocsp/prepare-response.ts';
import { signPrepared } from '../pki/sign-prepared.ts';
import { type CertifiedResponder, findCa, type ReadAuthority, validResponder } from './ocsp-authority.ts';
import { type Silence, type Standing, standingOf } from './ocsp-standing.ts';
import { isDue, type Life, nextUpdateOf, usable } from './ocsp-window.ts';
import type { OcspStore, OcspView } from './ports.ts';

export interface AnswerOcspDependencies {
  readonly store: OcspStore;
  readonly readAuthority: ReadAuthority;
  /** Ends within 4 seconds. */
  readonly signer: Pick<CaSigner, 'sign'>;
  /** Of the responder. */
  readonly keyArn: string;
  /** How long a response lives; half of it is the least between two signatures. */
  readonly lifetimeSeconds: number;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly random: RandomBytes;
}

/** The response to a request: signed, or an error that is not, with the reason for the log. */
export type OcspAnswer =
  | { readonly kind: 'response'; readonly response: StoredResponse; readonly from: 'store' | 'signer' }
  | { readonly kind: 'error'; readonly status: ErrorStatus; readonly why: Silence | Trouble };

type Trouble = 'of no CA of ours' | 'no valid responder' | 'being signed' | 'not signed';

/** How long one request may sign before another may: longer than the signer's whole budget. Seconds. */
const LEASE_SECONDS = 10;

/** How much of a lease must be left to begin signing: the 4 seconds that the signer may take at most, and rounding. */
const SIGNING_SECONDS = 6;

interface Lease {
  readonly owner: string;
  readonly until: Instant;
}

/** Between looks at a response that another request is signing: 5 s in all; then the caller is to try later. */
const WAIT_MILLISECONDS = [50, 100, 200, 400, ...Array<number>(8).fill(500), 0];

/** A certificate that a request asks about, and what is known of it and of its CA at the moment. */
interface Question {
  readonly certId: CertId;
  readonly serialNumber: SerialNumber;
  readonly caId: string;
  readonly responder: CertifiedResponder;
  /** Whether it is an issuer's: its status lies with the authority, which is kept in memory otherwise. */
  readonly ofIssuer: boolean;
}

/**
 * Answers an OCSP request with a stored response, and has one signed where there is none that is still good for half of
 * its life. However many ask at once, and whatever their requests hold besides, there is one signature for each recorded
 * certificate, status, hash and window: only the owner of a lease signs, and a revocation ends the lease, so that a response
 * of before is not stored any more. While one request signs, the others get the previous response, or wait.
 *
 * What is not recorded, is of another issuer or has expired is answered without a signature (RFC 9919 section 3.2.2,
 * `unauthorized`): nothing unauthenticated can cause one.
 *
 * @throws what the store throws, and AppError `internal` where a response fails its checks.
 */
export async function answerOcsp(deps: AnswerOcspDependencies, certId: CertId): Promise<OcspAnswer> {
  const authority = await deps.readAuthority();
  const caId = findCa(authority, certId);
  const serialNumber = parseSerialNumber(certId.serialNumber);
  if (caId === undefined) return error('unauthorized', 'of no CA of ours');
  // In hex only: the octets of a longer number may be the decimal digits of a certificate of ours.
  if (serialNumber === undefined || serialNumber !== certId.serialNumber)
    return error('unauthorized', 'not recorded');
  const responder = validResponder(authority, caId, deps.clock());
  if (responder === undefined) return error('tryLater', 'no valid responder');
  const ofIssuer = authority.issuers.some((issuer) => issuer.serialNumber === serialNumber);
  const question = { certId, serialNumber, caId, responder, ofIssuer };
  for (const milliseconds of WAIT_MILLISECONDS) {
    const answer = await turn(deps, question);
    if (answer !== undefined) return answer;
    await deps.pause(milliseconds);
  }
  return error('tryLater', 'being signed');
}

/** One look at the store, and a signature where it is due and nobody else makes it; undefined to look again. */
async function turn(deps: AnswerOcspDependencies, question: Question): Promise<OcspAnswer | undefined> {
  const now = deps.clock();
  const { standing, view } = await look(deps, question, now);
  if (typeof standing === 'string') return error('unauthorized', standing);
  const stored = usable(view.stored, standing.status, now);
  if (stored && !isDue(stored, lifeOf(deps, question, standing), now)) return fromStore(stored);
  const lease = await takeLease(deps, question, view, now);
  if (lease === undefined) return stored && fromStore(stored);
  try {
    return await sign(deps, question, lease);
  } catch (thrown) {
    // The lease is left to end by itself: as long as it runs, nobody else asks a signer that is in trouble.
    if (!(thrown instanceof SigningError)) throw thrown;
    return stored ? fromStore(stored) : error('tryLater', 'not signed');
  }
}

async function look(
  { store, readAuthority }: AnswerOcspDependencies,
  question: Question,
  now: Instant,
): Promise<{ readonly standing: Standing | Silence; readonly view: OcspView }> {
  const view = await store.readForOcsp(question.serialNumber, question.certId.hash);
  const authority = await readAuthority({ fresh: question.ofIssuer });
  return { view, standing: standingOf(question, view, authority, now) };
}

/** The new lease; undefined where another's runs, or a newer response is there. */
async function takeLease(
  { store, random }: AnswerOcspDependencies,
  { serialNumber, certId: { hash } }: Question,
  { leasedUntil, stored }: OcspView,
  now: Instant,
): Promise<Lease | undefined> {
  if (leasedUntil !== undefined && !isOver(leasedUntil, now)) return undefined;
  const owner = Buffer.from(random(16)).toString('hex');
  const lease = { owner, until: plus(now, LEASE_SECONDS) };
  const wanted = { ...lease, hash, seen: stored?.thisUpdate };
  return (await store.takeOcspLease(serialNumber, wanted, now)) ? lease : undefined;
}

/**
 * Signs what is so once the lease is taken: a revocation that comes later ends the lease. Undefined where it ended, or where
 * so little of it is left that another request could begin to sign.
 */
async function sign(
  deps: AnswerOcspDependencies,
  question: Question,
  lease: Lease,
): Promise<OcspAnswer | undefined> {
  const { store, signer, keyArn, clock } = deps;
  const { certId, serialNumber, responder } = question;
  const { standing } = await look(deps, question, clock());
  if (typeof standing === 'string') return error('unauthorized', standing);
  const { status } = standing;
  const now = clock();
  if (lease.until - now < SIGNING_SECONDS) return undefined;
  // Clocks of two functions may differ by a moment.
  const thisUpdate = status.state === 'revoked' && status.revokedAt > now ? status.revokedAt : now;
  const nextUpdate = nextUpdateOf(lifeOf(deps, question, standing), thisUpdate);
  const contents = { certId, status, thisUpdate, nextUpdate };
  const { der } = await signPrepared(prepareResponse(contents, responder), (digest) =>
    signer.sign({ keyArn, keySpec: responder.keySpec }, digest),
  );
  const response = { status, thisUpdate, nextUpdate, der };
  const signed = { owner: lease.owner, hash: certId.hash, response };
  const isStored = await store.storeResponse(serialNumber, signed, clock());
  return isStored ? { kind: 'response', response, from: 'signer' } : undefined;
}

function lifeOf(
  { lifetimeSeconds }: AnswerOcspDependencies,
  { responder: { validity } }: Question,
  { notAfter }: Standing,
): Life {
  return { lifetimeSeconds, end: notAfter < validity.notAfter ? notAfter : validity.notAfter };
}

function fromStore(response: StoredResponse): OcspAnswer {
  return { kind: 'response', response, from: 'store' };
}

function error(status: ErrorStatus, why: Silence | Trouble): OcspAnswer {
  return { kind: 'error', status, why };
}
