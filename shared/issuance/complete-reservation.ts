import type { Issuer } from '../domain/authority.ts';
import { type CertificateRecord, wasGivenUp } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import { issue } from '../pki/issue.ts';
import { prepareLeaf } from '../pki/prepare-leaf.ts';
import type { Prepared } from '../pki/prepared.ts';
import { checkNotRevoked } from './check-still-good.ts';
import { type CertifiedIssuer, checkMaySign } from './issuers.ts';
import { CONFLICT, done, type Outcome } from './outcome.ts';
import { type CaSigner, type IssuanceStore, type Pause, SigningError } from './ports.ts';
import { newLease, turnOf } from './signing-lease.ts';

export type CompletedRecord = CertificateRecord & { readonly certificate: Uint8Array };

interface Dependencies {
  readonly store: Pick<IssuanceStore, 'takeLease' | 'commit' | 'releaseLease' | 'certificate' | 'issuer'>;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly pause: Pause;
}

/** A recorded certificate and what signs it. */
export interface Reserved {
  readonly record: CertificateRecord;
  readonly issuer: CertifiedIssuer;
  /** What was prepared for the record already. @default - rebuilt from the record where it is to be signed */
  readonly prepared?: Prepared;
}

/** The request that wants the certificate. */
export interface Claimant {
  /** The name under which it owns leases. */
  readonly owner: string;
  /** Recorded with the certificate where this request commits it. @default - none */
  readonly deployment?: string | undefined;
}

/** Between looks at a certificate that another request is signing: 18 s in all, more than a lease. */
const WAIT_MILLISECONDS = [50, 100, 200, 400, ...Array<number>(29).fill(600)];

/**
 * Brings a reserved record to its end: the claimant signs it if the lease is its own, waits for the request that holds
 * the lease, and takes over from one that went away. Concurrent duplicates of one request thus cause one signature.
 *
 * @returns the record with its certificate, or a conflict where the reservation was given up.
 * @throws AppError `certificate_revoked`; `try_again` where the other request takes too long, or the issuer signs no more. @throws SigningError
 */
export async function completeReservation(
  deps: Dependencies,
  { record, issuer, ...at }: Reserved,
  claimant: Claimant,
): Promise<Outcome<CompletedRecord>> {
  let current: CertificateRecord | undefined = record;
  let { prepared } = at;
  let latest: Pick<Issuer, 'id' | 'state'> = issuer;
  for (const milliseconds of WAIT_MILLISECONDS) {
    if (current === undefined || wasGivenUp(current)) return CONFLICT;
    checkNotRevoked(current);
    if (current.state !== 'RESERVED') return done(withCertificate(current));
    const turn = turnOf(current.lease, claimant.owner, deps.clock());
    if (turn === 'wait') {
      await deps.pause(milliseconds);
      current = await deps.store.certificate(record.serialNumber);
      // It may have been compromised meanwhile.
      latest = (await deps.store.issuer(issuer.id)) ?? issuer;
      continue;
    }
    // Before a lease is taken: one that can't be used would keep the sweeper from giving the reservation up.
    checkMaySign(latest);
    prepared ??= prepareAgain(current, issuer);
    current =
      turn === 'take'
        ? await takeLease(deps, current, claimant)
        : await sign(deps, { record: current, issuer, prepared }, claimant);
  }
  throw new AppError(
    'try_again',
    'This certificate is being signed for another request. Send the same request again.',
    { retryAfterSeconds: 5 },
  );
}

function takeLease(
  { store, clock }: Dependencies,
  { serialNumber }: CertificateRecord,
  { owner }: Claimant,
): Promise<CertificateRecord | undefined> {
  const now = clock();
  return store.takeLease(serialNumber, newLease(owner, now), now);
}

async function sign(
  { store, signer, clock }: Dependencies,
  { record, issuer, prepared }: Required<Reserved>,
  { deployment }: Claimant,
): Promise<CertificateRecord | undefined> {
  try {
    const { serialNumber } = record;
    const { certificate, attempts } = await issue(prepared, (digest) =>
      signer.sign(issuer, digest, { serialNumber }),
    );
    const issued = { certificate, attempts, deployment, issuedAt: clock() };
    return await store.commit(record, issued);
  } catch (error) {
    // Ending the lease early is a courtesy to the next try; where it fails, the lease ends by itself.
    if (error instanceof SigningError)
      await store
        .releaseLease(record.serialNumber, record.lease.owner, error.attempts, clock())
        .catch(() => undefined);
    throw error;
  }
}

/** The same record gives the same bytes; where it does not (the code changed since), nothing is signed. */
function prepareAgain(record: CertificateRecord, issuer: CertifiedIssuer): Prepared {
  const prepared = prepareLeaf(record, issuer);
  if (prepared.tbsSha256 !== record.tbsSha256)
    throw new AppError(
      'try_again',
      'This request was interrupted and can be resumed in a few minutes. Send the same request again then.',
      {
        retryAfterSeconds: 600,
        internal: {
          serialNumber: record.serialNumber,
          tbsSha256: record.tbsSha256,
          rebuiltTbsSha256: prepared.tbsSha256,
        },
      },
    );
  return prepared;
}

function withCertificate(record: CertificateRecord): CompletedRecord {
  const { certificate } = record;
  if (certificate === undefined)
    throw new AppError('internal', `certificate ${record.serialNumber} has no bytes`);
  return { ...record, certificate };
}
