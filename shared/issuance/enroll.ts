import { parseToken } from '../domain/bootstrap-token.ts';
import { AppError, withInternal } from '../errors/app-error.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import { authorizeToken, checkBoundCsr, checkSource, tokenRejected } from './authorize-token.ts';
import { checkCsr } from './check-csr.ts';
import { readNames } from './check-names.ts';
import { checkNotExpired } from './check-still-good.ts';
import { completeReservation } from './complete-reservation.ts';
import type {
  Acceptance,
  AuthorizedView,
  EnrollDependencies,
  Enrolling,
  Enrollment,
  EnrollRequest,
} from './enrollment.ts';
import { done, type Outcome } from './outcome.ts';
import { NO_KEY, readCsr } from './read-csr.ts';
import { recordLast } from './record-last.ts';
import { findReserved, reserveEnrollment } from './reserve-enrollment.ts';

/*
 * Enrollment: one way to a certificate, by a bootstrap token.
 *
 *   authenticate   token, network, then the CSR: binding, proof of possession; what else came with the request
 *   decide         token, profile, name and issuer allow it
 *   reserve        record it, count the use, claim the name: one transaction
 *   complete       sign under a lease, commit
 *
 * A caller authenticates once; the other steps are done again on a fresh view where another request was faster. Another
 * way to a certificate (by the key of an earlier one, say) brings its own first three steps and shares
 * `draftCertificate` and `completeReservation`.
 */

/** The caller's part of an enrollment that `enroll` adds itself. */
type Settled = Omit<Enrollment, 'accepted'>;

/** How often an enrollment may start over because another request was faster. */
const ROUNDS = 8;

/**
 * Issues a certificate for the key of a CSR, or returns the one that this token and key have already: the same token
 * and public key always get the same certificate, byte for byte. Nothing is signed that is not recorded; a failure at
 * any point costs neither a use of the token nor a second certificate.
 *
 * @example
 * const { record, created } = await enroll(deps, {
 *   token: 'fst_A1b2C3d4E5f6G7h8_...',
 *   csr: '-----BEGIN CERTIFICATE REQUEST-----\n...',
 *   name: 'web-01',
 *   dnsNames: ['web-01.example.com'],
 *   ipAddresses: [],
 *   sourceIp: '198.51.100.7',
 *   requestId: '7b1f6a3c-1111-4222-8333-444455556666',
 *   accept: () => ({ deployment: undefined }),
 * });
 *
 * @throws AppError for whatever is wrong with the request (see `shared/http/problem.ts` for the list), `try_again` where
 *   contention or an outage outlasts the retries. @throws SigningError where the CA key can't be used.
 */
export async function enroll<Accepted extends Acceptance>(
  deps: EnrollDependencies,
  request: EnrollRequest<Accepted>,
): Promise<Enrollment<Accepted>> {
  const presented = parseToken(request.token);
  if (presented === undefined) throw tokenRejected('malformed');
  const names = readNames(request);
  const reading = readCsr(request.csr);
  const owner = Buffer.from(deps.random(16)).toString('hex');
  const opening = { ...deps, request, presented, names, owner };
  let authenticated = false;
  try {
    const view = await readView({ ...opening, csr: reading.csr ?? NO_KEY });
    authenticated = true;
    const { profile } = view.token;
    checkSource(view.token, request.sourceIp);
    if (reading.csr === undefined) throw reading.refusal;
    const { csr } = reading;
    const enrolling = { ...opening, csr };
    authenticate(enrolling, view);
    const { dnsNames, ipAddresses } = names;
    const accepted = request.accept({ profile, keyKind: csr.keyKind, dnsNames, ipAddresses });
    return { ...(await settle(enrolling, view, accepted)), accepted };
  } catch (error) {
    // The log says whose request was refused, and whether the caller had the token's secret; the caller knows.
    const whose = { tokenId: presented.id, name: names.name, ...(authenticated && { authenticated }) };
    throw error instanceof AppError ? withInternal(error, whose) : error;
  }
}

/** What an enrollment is read by. */
type Query = Pick<Enrolling, 'store' | 'clock' | 'presented' | 'names'> & {
  readonly csr: Pick<CertificationRequest, 'publicKeySha256'>;
};

/** Reads what there is to decide on, and whether the token is good, which may have ended since it was read last. */
async function readView({ store, clock, presented, csr, names }: Query): Promise<AuthorizedView> {
  const { publicKeySha256 } = csr;
  const view = await store.readForEnrollment({ tokenId: presented.id, publicKeySha256, ...names });
  return { ...view, token: authorizeToken(view, presented.secret, clock()) };
}

/** Checks what a caller with a good token must prove besides. */
function authenticate({ csr, names, trustDomain }: Enrolling, view: AuthorizedView): void {
  checkBoundCsr(view.token, csr.sha256);
  checkCsr(csr, { names, profile: view.token.profile, trustDomain }, view);
}

/** Attempts the enrollment until no other request interferes. */
async function settle(enrolling: Enrolling, first: AuthorizedView, accepted: Acceptance): Promise<Settled> {
  let view = first;
  for (let round = 1; ; round++) {
    const outcome = await attempt(enrolling, view, accepted);
    if (outcome.kind === 'done') return outcome.result;
    if (round === ROUNDS)
      throw new AppError(
        'try_again',
        'Too many requests for this name or token arrived at once. Send the same request again.',
        { retryAfterSeconds: 2 },
      );
    view = await readView(enrolling);
  }
}

async function attempt(
  enrolling: Enrolling,
  view: AuthorizedView,
  { deployment }: Acceptance,
): Promise<Outcome<Settled>> {
  const { owner, clock } = enrolling;
  const reserve = view.reservation === undefined ? reserveEnrollment : findReserved;
  const reserved = await reserve(enrolling, view);
  if (reserved.kind === 'conflict') return reserved;
  const { issuer } = reserved.result;
  const completed = await completeReservation(enrolling, reserved.result, { owner, deployment });
  if (completed.kind === 'conflict') return completed;
  const record = completed.result;
  checkNotExpired(record, clock());
  const { roots, additionalRoots } = view;
  const settled = { record, created: record.lease.owner === owner, issuer, roots, additionalRoots };
  return done({ ...settled, ...(await recordLast(enrolling, record, deployment)) });
}
