import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import { holderAt } from '../domain/revocation.ts';
import type { SerialNumber } from '../domain/serial-number.ts';
import { AppError } from '../errors/app-error.ts';
import type { ConfirmationProof } from '../pki/proof/confirmation-proof.ts';
import { checkFresh, type FreshnessOptions } from './check-fresh.ts';
import type { ConfirmationLedger } from './ports.ts';

export interface ConfirmDependencies {
  readonly ledger: ConfirmationLedger;
  readonly clock: Clock;
}

export interface ConfirmationRequest {
  /** Made with the key of the successor. */
  readonly proof: ConfirmationProof;
  /** The URL of this very route, as the caller reached it. */
  readonly endpoint: string;
  /** From the gateway's request context. */
  readonly sourceIp: string;
}

export interface Confirmation {
  readonly predecessor: CertificateRecord;
  readonly successor: CertificateRecord;
  /** False where it was confirmed before. */
  readonly isNew: boolean;
}

/** How often a confirmation may start over because another request was faster. */
const ROUNDS = 3;

/**
 * Confirms that the successor of a certificate is in use: from then on its predecessor renews nothing. The same again changes
 * nothing. Nothing is written before the proof is verified with the recorded key of the successor.
 *
 * @throws AppError `proof_rejected` where there is no such certificate, it has no successor, or another key made the proof:
 *   the caller can't tell which. `proof_not_fresh`; `certificate_revoked` where the successor is; `try_again` where others
 *   keep replacing it.
 * @example await confirmRenewal(deps, { proof: readConfirmationProof({ jws }), endpoint, sourceIp: '198.51.100.7' })
 */
export async function confirmRenewal(
  { ledger, clock }: ConfirmDependencies,
  { proof, endpoint, sourceIp }: ConfirmationRequest,
): Promise<Confirmation> {
  for (let round = 1; round <= ROUNDS; round++) {
    const { predecessor, successor } = await readBoth(ledger, proof.predecessor);
    await authenticate(proof, successor, { clock, endpoint });
    if (predecessor.successor?.confirmedAt !== undefined) return { predecessor, successor, isNew: false };
    const confirmed = { at: clock(), by: holderAt(sourceIp) };
    const { serialNumber } = successor;
    const outcome = await ledger.confirmSuccessor(predecessor.serialNumber, serialNumber, confirmed);
    if (outcome === 'confirmed') return { predecessor, successor, isNew: true };
  }
  throw new AppError(
    'try_again',
    'The certificate is being renewed with other keys. Send the same request again.',
    { retryAfterSeconds: 2 },
  );
}

async function readBoth(ledger: ConfirmationLedger, serialNumber: SerialNumber) {
  const predecessor = await ledger.certificate(serialNumber);
  if (predecessor?.successor === undefined) throw confirmationRejected('no_successor', serialNumber);
  const successor = await ledger.certificate(predecessor.successor.serialNumber);
  if (successor === undefined) throw confirmationRejected('no_successor', serialNumber);
  return { predecessor, successor };
}

/** A certificate that is not signed yet is not in use. */
async function authenticate(
  proof: ConfirmationProof,
  successor: CertificateRecord,
  options: FreshnessOptions,
): Promise<void> {
  const { state, serialNumber } = successor;
  if (state === 'RESERVED' || !(await proof.isMadeBy(successor)))
    throw confirmationRejected('not_its_key', proof.predecessor);
  checkFresh(proof, options);
  if (state !== 'ISSUED')
    throw new AppError(
      'certificate_revoked',
      `The new certificate was revoked (serial number ${serialNumber}). Make a new key, and enroll again with a new bootstrap token.`,
    );
}

/** @param why - for the log */
function confirmationRejected(why: 'no_successor' | 'not_its_key', serialNumber: SerialNumber): AppError {
  return new AppError(
    'proof_rejected',
    'The proof was not made with the key of the certificate that renewed this one. Sign the serial number of the previous certificate with the key of the new one. If another key renewed it meanwhile, the history of the previous certificate has it.',
    { internal: { why, serialNumber } },
  );
}
