import type { Issuer, Root } from '../domain/authority.ts';
import { type BootstrapToken, parseToken, useSlotCount } from '../domain/bootstrap-token.ts';
import { type CertificateRecord, sameNames } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import { currentHolder } from '../domain/name-record.ts';
import { PROFILES } from '../domain/profile.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import { AppError, fieldError, withInternal } from '../errors/app-error.ts';
import { checkRequestedExtensions } from '../pki/check-requested-extensions.ts';
import { type CertificationRequest, decodeCsr } from '../pki/csr.ts';
import type { Prepared } from '../pki/prepared.ts';
import { verifyCsr } from '../pki/verify-csr.ts';
import { authorizeToken, checkBinding, tokenRejected } from './authorize-token.ts';
import { checkAllowed, checkCsrNames, type RequestedNames, readNames } from './check-names.ts';
import { checkPermitted } from './check-permitted.ts';
import { completeReservation, type Pause } from './complete-reservation.ts';
import { caKeyHashes, draftReservation } from './draft-reservation.ts';
import { activeIssuer, type CertifiedIssuer, certifiedIssuer } from './issuers.ts';
import type { CaSigner, EnrollmentView, IssuanceStore, Reservation } from './ports.ts';

export interface EnrollRequest {
  /** `fst_<id>_<secret>`, as presented. */
  readonly token: string;
  /** PEM, or base64 of DER. */
  readonly csr: string;
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** From the gateway's request context. */
  readonly sourceIp: string;
  /** For the record only: callers may choose it (API Gateway takes it from `x-amzn-RequestId` where that is a UUID). */
  readonly requestId: string;
  /**
   * Refuses what else came with the request and does not fit the certificate (a deployment, say), by throwing. Called
   * once the caller is authenticated and before anything is written, so that a refusal costs no use of the token. Answers
   * what to record with the certificate of what it accepted, without secrets; undefined where nothing was said.
   */
  readonly accept?: (
    certificate: Pick<CertificateRecord, 'profile' | 'keyKind' | 'dnsNames' | 'ipAddresses'>,
  ) => string | undefined;
}

export interface EnrollDependencies {
  readonly store: IssuanceStore;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly pause: Pause;
  readonly trustDomain: TrustDomain;
}

export interface Enrollment {
  /** ISSUED, with its certificate. */
  readonly record: CertificateRecord & { readonly certificate: Uint8Array };
  /** True for the request that reserved it; false for every repetition. */
  readonly created: boolean;
  readonly issuer: Issuer & { readonly certificate: Uint8Array };
  readonly roots: readonly Root[];
  /** Why the deployment could not be recorded; the certificate is none the worse, and a repetition tries again. */
  readonly unrecorded?: unknown;
}

/** A request with the name under which it owns signing leases: drawn here, so that no two share it, or one by intent. */
type OwningRequest = EnrollRequest & { readonly owner: string };

/** A request whose deployment was accepted. */
type AcceptedRequest = OwningRequest & { readonly deployment: string | undefined };

/** How often an enrollment starts over because somebody else was faster; each time it reads the new state of things. */
const ROUNDS = 8;

/**
 * Issues a certificate for the key of a CSR, or answers the one that this token and key have already: the same token
 * and public key always get the same certificate, byte for byte. Nothing is signed that is not recorded; a failure at
 * any point costs neither a use of the token nor a second certificate.
 *
 * @throws AppError for whatever is wrong with the request (see `shared/http/problem.ts` for the list), `try_again` where
 *   contention or an outage outlasts the retries. @throws SigningError where the CA key can't be used.
 */
export async function enroll(deps: EnrollDependencies, request: EnrollRequest): Promise<Enrollment> {
  const presented = parseToken(request.token);
  if (presented === undefined) throw tokenRejected('malformed');
  const csr = decodeCsr(request.csr);
  const names = readNames(request);
  const owning = { ...request, owner: Buffer.from(deps.random(16)).toString('hex') };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const enrollment = await attempt(deps, owning, presented, csr, names, round === 0);
      if (enrollment !== 'again') return enrollment;
    }
  } catch (error) {
    // The log says whose request was refused; the caller knows.
    throw error instanceof AppError
      ? withInternal(error, { tokenId: presented.id, name: names.name })
      : error;
  }
  throw new AppError(
    'try_again',
    'Too many requests work on this name or token at once. Send the same request again.',
    {
      retryAfter: 2,
    },
  );
}

async function attempt(
  deps: EnrollDependencies,
  request: OwningRequest,
  presented: { readonly id: string; readonly secret: string },
  csr: CertificationRequest,
  names: RequestedNames,
  first: boolean,
): Promise<Enrollment | 'again'> {
  const { store, clock, trustDomain } = deps;
  const query = { tokenId: presented.id, publicKeySha256: csr.publicKeySha256, name: names.name };
  const view = await store.readForEnrollment(query);
  const token = authorizeToken(view, presented.secret, clock());
  if (first) checkCsr(csr, names, token, view, request.sourceIp, trustDomain);
  const { dnsNames, ipAddresses } = names;
  const certificate = { profile: token.profile, keyKind: csr.keyKind, dnsNames, ipAddresses };
  const accepted = { ...request, deployment: request.accept?.(certificate) };
  if (view.reservation !== undefined) return replay(deps, accepted, names, view);

  checkAllowed(token, names);
  checkNameIsFree(deps, view, token, csr);
  const issuer = activeIssuer(view.issuers);
  checkPermitted(issuer, names);
  const slot = (deps.random(1)[0] ?? 0) % useSlotCount(token.maxUses);
  const draft = draftReservation({ ...deps, request, csr, names, token, issuer, slot });
  const outcome = await reserve(deps, token, draft.reservation(view.name));
  if (outcome === 'again') return 'again';
  return complete(deps, accepted, outcome, issuer, view.roots, draft.prepared);
}

function checkCsr(
  csr: CertificationRequest,
  names: RequestedNames,
  token: BootstrapToken,
  view: EnrollmentView,
  sourceIp: string,
  trustDomain: TrustDomain,
): void {
  checkBinding(token, sourceIp, csr.sha256);
  verifyCsr(csr, { caKeySha256: caKeyHashes(view) });
  if (view.keyBlocked)
    throw fieldError(
      'key_refused',
      '#/csr',
      'This key was reported as compromised. Make a new key on the host and send its CSR.',
    );
  checkRequestedExtensions(csr, PROFILES[token.profile]);
  checkCsrNames(csr, names, { trustDomain, profile: token.profile });
}

/** Answers the certificate that this token and key have already, finishing it first where that is still to be done. */
async function replay(
  deps: EnrollDependencies,
  request: AcceptedRequest,
  names: RequestedNames,
  view: EnrollmentView,
): Promise<Enrollment | 'again'> {
  const serialNumber = view.reservation?.serialNumber;
  const record = serialNumber && (await deps.store.certificate(serialNumber));
  // A reservation vanishes with its record's VOID; reading them apart, one may see the first without the second.
  if (!record || record.state === 'VOID') return 'again';
  if (!sameNames(record, names)) {
    const detail = `This token and key already have a certificate for "${record.name}" with other names (serial number ${record.serialNumber}). Send the names of the first request, or make a new key for other names.`;
    throw fieldError('request_differs', '#/name', detail);
  }
  const issuer = certifiedIssuer(view.issuers, record.issuerId);
  return complete(deps, request, record, issuer, view.roots);
}

/** Has the record finished, by this request or by a twin; what was revoked meanwhile is not handed out. */
async function complete(
  deps: EnrollDependencies,
  request: AcceptedRequest,
  record: CertificateRecord,
  issuer: CertifiedIssuer,
  roots: readonly Root[],
  prepared?: Prepared,
): Promise<Enrollment | 'again'> {
  const done = await completeReservation(deps, record, request, issuer, prepared);
  if (done === 'again') return 'again';
  checkStillGood(done, deps.clock());
  const enrollment = { record: done, created: record.lease.owner === request.owner, issuer, roots };
  return { ...enrollment, ...(await recordLast(deps, done, request.deployment)) };
}

/**
 * Records a deployment that differs from the recorded one: whoever committed the certificate has recorded its own
 * already, and the same again costs nothing. The certificate is there and is answered, whatever becomes of this.
 */
async function recordLast(
  { store }: EnrollDependencies,
  record: CertificateRecord,
  deployment: string | undefined,
): Promise<Pick<Enrollment, 'unrecorded'>> {
  if (deployment === undefined || deployment === record.deployment) return {};
  try {
    await store.recordDeployment(record.serialNumber, deployment);
    return {};
  } catch (unrecorded) {
    return { unrecorded };
  }
}

function checkStillGood(record: CertificateRecord, now: number): void {
  const about = `serial number ${record.serialNumber}`;
  if (record.state === 'REVOKED')
    throw new AppError(
      'certificate_revoked',
      `The certificate of this token and key was revoked (${about}). Make a new key and ask for a new token.`,
    );
  if (record.validity.notAfter < now)
    throw new AppError(
      'certificate_expired',
      `The certificate of this token and key has expired (${about}). Make a new key and ask for a new token.`,
    );
}

function checkNameIsFree(
  { clock }: EnrollDependencies,
  view: EnrollmentView,
  token: BootstrapToken,
  csr: CertificationRequest,
): void {
  if (view.name.blocked.includes(token.profile))
    throw fieldError(
      'name_blocked',
      '#/name',
      `The name "${view.name.name}" is blocked for profile "${token.profile}". Ask an administrator to unblock it, or use another name.`,
    );
  const holder = currentHolder(view.name, token.profile, clock());
  if (
    holder === undefined ||
    holder.publicKeySha256 === csr.publicKeySha256 ||
    token.onExistingName === 'replace'
  )
    return;
  const detail = `The name "${view.name.name}" is in use by another key of profile "${token.profile}". Enroll under another name, use the key that holds it, or ask for a token with onExistingName "replace".`;
  throw fieldError('name_in_use', '#/name', detail);
}

/**
 * Writes the reservation; answers the record to complete, or that things changed. Where the drawn use counter is full,
 * one that is not gets a second try; where all are, the token is spent.
 */
async function reserve(
  { store, clock, random }: Pick<EnrollDependencies, 'store' | 'clock' | 'random'>,
  token: BootstrapToken,
  draft: Reservation,
): Promise<CertificateRecord | 'again'> {
  let outcome = await store.reserve(draft, clock());
  let { record } = draft;
  if (outcome === 'slot_full') {
    const free = await store.freeUseSlots(token);
    const useSlot = free[(random(1)[0] ?? 0) % Math.max(1, free.length)];
    if (useSlot === undefined) throw tokenRejected('spent', token.id);
    record = { ...record, useSlot };
    outcome = await store.reserve({ ...draft, record }, clock());
  }
  if (outcome === 'token_closed')
    throw tokenRejected(token.expiresAt < clock() ? 'expired' : 'revoked', token.id);
  return outcome === 'reserved' ? record : 'again';
}
