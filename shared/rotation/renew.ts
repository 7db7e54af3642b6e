import type { CertificateRecord } from '../domain/certificate-record.ts';
import { AppError, withInternal, withPointers } from '../errors/app-error.ts';
import { checkCsr } from '../issuance/check-csr.ts';
import { checkNotExpired } from '../issuance/check-still-good.ts';
import { completeReservation, type Reserved } from '../issuance/complete-reservation.ts';
import type { Acceptance, Enrollment } from '../issuance/enrollment.ts';
import { certifiedIssuer } from '../issuance/issuers.ts';
import { done, type Outcome } from '../issuance/outcome.ts';
import { NO_KEY, readCsr } from '../issuance/read-csr.ts';
import { recordLast } from '../issuance/record-last.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import { checkMayRenew } from './check-may-renew.ts';
import type { RenewalQuery, RenewalView } from './ports.ts';
import { proofRejected } from './presented-certificate.ts';
import type { RenewalDependencies, RenewalRequest, Renewing } from './renewing.ts';
import { reserveRenewal } from './reserve-renewal.ts';
import { hasTrustChanged } from './trust-changes.ts';

/*
 * Renewal: one way to a certificate, by the key of an earlier one.
 *
 *   authenticate   the caller holds the certificate that it presents: what its record says is what it may have
 *   decide         neither certificate, key nor name is revoked or blocked; the new key is fit; nobody confirmed another
 *   reserve        record it, name it in its predecessor, claim the name: one transaction
 *   complete       sign under a lease, commit
 *
 * A certificate has one successor. Who asks for the same key again gets the same certificate, byte for byte; another key
 * takes the place of a successor that nobody confirmed, a few times. The names are those of the record, never more, whatever
 * the CSR says.
 */

/** A certificate that renews another one. */
export interface Renewal<Accepted extends Acceptance = Acceptance> extends Enrollment<Accepted> {
  /** Whether its host has, or gets, other roots than with the certificate before. */
  readonly trustChanged: boolean;
}

/** The caller's part of a renewal that `renew` adds itself. */
type Settled = Omit<Renewal, 'accepted'>;

/** How often a renewal may start over because another request was faster. */
const ROUNDS = 8;

/**
 * Renews a certificate for the key of a CSR, or returns the one that renewed it for this key already. Nothing is signed
 * that is not recorded; a failure at any point costs no second certificate.
 *
 * @example
 * const { record, created } = await renew(deps, {
 *   presented: presentProof(proof, { clock, endpoint: 'https://pki.example.com/v1/renew' }),
 *   csr: proof.csr,
 *   csrPointer: '#/jws',
 *   sourceIp: '198.51.100.7',
 *   requestId: '7b1f6a3c-1111-4222-8333-444455556666',
 *   accept: () => ({ deployment: undefined }),
 * });
 *
 * @throws AppError for whatever is wrong with the request (see `shared/http/problem.ts` for the list), `try_again` where
 *   contention or an outage outlasts the retries. @throws SigningError where the CA key can't be used.
 */
export async function renew<Accepted extends Acceptance>(
  deps: RenewalDependencies,
  request: RenewalRequest<Accepted>,
): Promise<Renewal<Accepted>> {
  const { presented } = request;
  const { reference } = presented;
  if (reference === undefined) throw proofRejected('unknown', {});
  const reading = readCsr(request.csr);
  const owner = Buffer.from(deps.random(16)).toString('hex');
  const view = await readView(deps, reference, reading.csr);
  await presented.authenticate(view.record);
  try {
    checkState(deps, view, reading.csr);
    if (reading.csr === undefined) throw reading.refusal;
    const renewing = { ...deps, request, csr: reading.csr, owner };
    checkCsrOf(renewing, view);
    const { profile, dnsNames, ipAddresses } = view.record;
    const accepted = request.accept({ profile, keyKind: reading.csr.keyKind, dnsNames, ipAddresses });
    return { ...(await settle(renewing, view, accepted)), accepted };
  } catch (error) {
    throw explained(error, view.record, request.csrPointer);
  }
}

/** Where the CSR and the names of an enrollment are. */
const OF_CSR = /^#\/(csr|name|dnsNames|ipAddresses)(\/|$)/;

/** The log says whose request was refused; the caller finds what is wrong where it was sent. */
function explained(error: unknown, { serialNumber, name }: CertificateRecord, csrPointer: string): unknown {
  if (!(error instanceof AppError)) return error;
  const moved = (pointer: string) => (OF_CSR.test(pointer) ? csrPointer : pointer);
  return withInternal(withPointers(error, moved), { serialNumber, name });
}

/** Reads what there is to decide on. @throws AppError `proof_rejected` where there is no such record. */
async function readView(
  { store }: Pick<RenewalDependencies, 'store'>,
  reference: RenewalQuery['reference'],
  csr: CertificationRequest | undefined,
): Promise<RenewalView> {
  const { publicKeySha256 } = csr ?? NO_KEY;
  const likely = {
    name: csr?.commonName,
    dnsNames: csr?.dnsNames ?? [],
    ipAddresses: csr?.ipAddresses ?? [],
  };
  const view = await store.readForRenewal({ reference, publicKeySha256, likely });
  if (view === undefined) throw proofRejected('unknown', reference);
  return view;
}

/** Whether the key is the successor's already. */
function isRepetition({ record }: RenewalView, csr: CertificationRequest | undefined): boolean {
  return csr !== undefined && record.successor?.publicKeySha256 === csr.publicKeySha256;
}

/** What was renewed in time is returned as long as it lives, also after the grace of its predecessor. */
function checkState(
  { clock, graceSeconds }: Pick<RenewalDependencies, 'clock' | 'graceSeconds'>,
  view: RenewalView,
  csr: CertificationRequest | undefined,
): void {
  const { record, successor } = view;
  const lives =
    successor && isRepetition(view, csr) ? successor.validity.notAfter - record.validity.notAfter : 0;
  checkMayRenew(record, view, clock(), Math.max(graceSeconds, lives));
}

const NAMES_OF_CERTIFICATE = {
  says: 'the certificate says',
  doesNot: 'the certificate does not have',
  add: () =>
    'Leave it out of the CSR: a renewal has the names of the certificate. To change them, enroll again.',
};

function checkCsrOf({ csr, trustDomain }: Renewing, view: RenewalView): void {
  const { profile } = view.record;
  const asked = { names: view.record, profile, trustDomain };
  checkCsr(csr, asked, { ...view, keyBlocked: view.newKeyBlocked }, NAMES_OF_CERTIFICATE);
}

/** Attempts the renewal until no other request interferes. */
async function settle(renewing: Renewing, first: RenewalView, accepted: Acceptance): Promise<Settled> {
  const { serialNumber } = first.record;
  let view = first;
  for (let round = 1; ; round++) {
    const outcome = await attempt(renewing, view, accepted);
    if (outcome.kind === 'done') return outcome.result;
    if (round === ROUNDS)
      throw new AppError(
        'try_again',
        'Too many requests for this certificate or its name arrived at once. Send the same request again.',
        { retryAfterSeconds: 2 },
      );
    view = await readView(renewing, { serialNumber }, renewing.csr);
    checkState(renewing, view, renewing.csr);
  }
}

async function attempt(
  renewing: Renewing,
  view: RenewalView,
  { deployment }: Acceptance,
): Promise<Outcome<Settled>> {
  const { owner, clock, csr } = renewing;
  const reserved = isRepetition(view, csr) ? findRenewal(view) : await reserveRenewal(renewing, view);
  if (reserved.kind === 'conflict') return reserved;
  const { issuer } = reserved.result;
  // The kit of an administrator goes on with what the host said before.
  const claimant = { owner, deployment: deployment ?? view.record.hostDeployment };
  const completed = await completeReservation(renewing, reserved.result, claimant);
  if (completed.kind === 'conflict') return completed;
  const record = completed.result;
  checkNotExpired(record, clock());
  const { roots, additionalRoots } = view;
  const trustChanged = hasTrustChanged(view.record, record.trustSha256, view);
  const created = record.lease.owner === owner;
  const settled = { record, created, issuer, roots, additionalRoots, trustChanged };
  return done({ ...settled, ...(await recordLast(renewing, record, deployment)) });
}

/** Finds the successor for the same key; it may be unfinished. */
function findRenewal({ record, successor, issuers }: RenewalView): Outcome<Reserved> {
  if (successor === undefined)
    throw new AppError('internal', `the successor of ${record.serialNumber} is not recorded`);
  return done({ record: successor, issuer: certifiedIssuer(issuers, successor.issuerId) });
}
