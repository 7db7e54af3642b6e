import type { CertificateRecord } from '../domain/certificate-record.ts';
import { type Clock, plus } from '../domain/instant.ts';
import { AppError } from '../errors/app-error.ts';
import { issue } from '../pki/issue.ts';
import { prepareLeaf } from '../pki/prepare-leaf.ts';
import type { Prepared } from '../pki/prepared.ts';
import { LEASE, SIGNING } from './draft-reservation.ts';
import { type CertifiedIssuer, maySign } from './issuers.ts';
import { type CaSigner, type IssuanceStore, SigningError } from './ports.ts';

/** Waits that many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

export type CompletedRecord = CertificateRecord & { readonly certificate: Uint8Array };

interface Dependencies {
  readonly store: IssuanceStore;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly pause: Pause;
}

/** The request that wants the certificate. */
interface Claimant {
  /** The name under which it owns leases. */
  readonly owner: string;
  /** Recorded with the certificate where this request commits it. @default - none */
  readonly deployment?: string | undefined;
}

/** Waits between looks at a certificate that another request is signing, in milliseconds; 18 s in all, more than a lease. */
const WAITS = [50, 100, 200, 400, ...Array<number>(29).fill(600)];

/**
 * Brings a reserved record to its end: the claimant signs it if the lease is its own, waits for whoever holds the lease, and
 * takes over from one that went away. Twins of one request thus cause one signature. Answers the record with its
 * certificate (ISSUED, or REVOKED since), or `again` where the reservation was given up meanwhile.
 *
 * @param prepared what was prepared for the record already; rebuilt from the record where it is not at hand.
 * @throws AppError `try_again` where the other request takes too long. @throws SigningError
 */
export async function completeReservation(
  deps: Dependencies,
  record: CertificateRecord,
  { owner, deployment }: Claimant,
  issuer: CertifiedIssuer,
  prepared?: Prepared,
): Promise<CompletedRecord | 'again'> {
  let current: CertificateRecord | undefined = record;
  let ready = prepared;
  for (const wait of WAITS) {
    if (current === undefined || current.state === 'VOID') return 'again';
    if (current.state !== 'RESERVED') return withCertificate(current);
    const left: number = current.lease.until - deps.clock();
    const free = left < 0;
    // An own lease that is nearly over (reserving took long) is waited out: a twin would take over while this one signs.
    if (free || (current.lease.owner === owner && left >= SIGNING)) {
      // Before a lease is taken: one that can't be used would keep the sweeper from giving the reservation up.
      checkMaySign(issuer);
      ready ??= prepareAgain(current, issuer);
      current = free
        ? await takeLease(deps, current, owner)
        : await sign(deps, current, issuer, ready, deployment);
    } else {
      await deps.pause(wait);
      current = await deps.store.certificate(record.serialNumber);
    }
  }
  throw new AppError(
    'try_again',
    'This certificate is being signed for another request. Send the same request again.',
    { retryAfter: 5 },
  );
}

function takeLease({ store, clock }: Dependencies, record: CertificateRecord, owner: string) {
  const now = clock();
  return store.takeLease(record.serialNumber, { owner, until: plus(now, LEASE) }, now);
}

async function sign(
  { store, signer, clock }: Dependencies,
  record: CertificateRecord,
  issuer: CertifiedIssuer,
  prepared: Prepared,
  deployment: string | undefined,
): Promise<CertificateRecord | undefined> {
  try {
    const issued = await issue(prepared, (digest) => signer.sign(issuer, digest));
    const { certificate, attempts } = issued;
    const content = { certificate, attempts, deployment, issuedAt: clock() };
    return await store.commit(record.serialNumber, content);
  } catch (error) {
    // Ending the lease early is a courtesy to the next try; where it fails, the lease ends by itself.
    if (error instanceof SigningError)
      await store
        .releaseLease(record.serialNumber, record.lease.owner, error.attempts, clock())
        .catch(() => undefined);
    throw error;
  }
}

function checkMaySign(issuer: CertifiedIssuer): void {
  if (maySign(issuer)) return;
  throw new AppError(
    'try_again',
    'The issuer of this certificate signs no more. Send the same request again later.',
    {
      retryAfter: 300,
      internal: { issuer: issuer.id, issuerState: issuer.state },
    },
  );
}

/** The same record gives the same bytes; where it does not (the code changed since), nothing is signed. */
function prepareAgain(record: CertificateRecord, issuer: CertifiedIssuer): Prepared {
  const prepared = prepareLeaf(record, issuer);
  if (prepared.tbsSha256 !== record.tbsSha256)
    throw new AppError(
      'try_again',
      'This request was interrupted and can be taken up again in some minutes. Send the same request again then.',
      {
        retryAfter: 600,
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
