import { holderAt } from '../domain/revocation.ts';
import { AppError } from '../errors/app-error.ts';
import type { SentProof } from '../pki/proof/proof.ts';
import { readRevocationProof } from '../pki/proof/revocation-proof.ts';
import { type RevokeDependencies, type RevokedRecord, revokeWithUnconfirmed } from './revoke-certificate.ts';

export interface CompromiseReport {
  /** Made with the key that is compromised. */
  readonly proof: SentProof;
  /** The caller's address, as the gateway saw it. */
  readonly sourceIp: string;
}

/**
 * Revokes the certificate of a key that its holder reports as compromised, and a successor that nobody confirmed, and blocks the keys; who holds the key needs
 * nothing else. The proof is verified with the recorded key, after one read, and nothing is written before. The same again
 * changes nothing.
 *
 * @returns the records as they are then, that of the reported key first.
 * @throws AppError `malformed_proof`; `proof_rejected` where no certificate is recorded, or another key made the proof: the
 *   caller can't tell which. `try_again` where others keep changing the certificate's names.
 * @example await reportCompromise(deps, { proof: { cms: 'MIIF...' }, sourceIp: '198.51.100.7' })
 */
export async function reportCompromise(
  deps: RevokeDependencies,
  { proof: sent, sourceIp }: CompromiseReport,
): Promise<readonly [RevokedRecord, ...RevokedRecord[]]> {
  const proof = readRevocationProof(sent);
  const record = await deps.ledger.certificate(proof.serialNumber);
  if (record === undefined) throw proofRejected('unknown', proof.serialNumber);
  if (!(await proof.isMadeBy(record))) throw proofRejected('not_its_key', proof.serialNumber);
  return revokeWithUnconfirmed(deps, record, { reason: 'keyCompromise', by: holderAt(sourceIp) });
}

/** @param why for the log. */
function proofRejected(why: 'unknown' | 'not_its_key', serialNumber: string): AppError {
  return new AppError(
    'proof_rejected',
    'The proof was not made with the key of a certificate that has this serial number. Sign the serial number of the certificate with its own key.',
    { internal: { why, serialNumber } },
  );
}
