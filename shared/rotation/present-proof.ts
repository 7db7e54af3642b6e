import type { RenewalProof } from '../pki/proof/renewal-proof.ts';
import { checkFresh, type FreshnessOptions } from './check-fresh.ts';
import { type PresentedCertificate, proofRejected } from './presented-certificate.ts';

/**
 * The certificate whose holder made a proof of possession. The proof is verified with the recorded key first: anyone who has
 * another one learns nothing.
 *
 * @example presentProof(readRenewalProof({ jws }), { clock, endpoint: request.urlOf('/renew') })
 */
export function presentProof(
  proof: Pick<RenewalProof, 'reference' | 'isMadeBy' | 'signedAt' | 'audience'>,
  options: FreshnessOptions,
): PresentedCertificate {
  return {
    reference: proof.reference,
    async authenticate(record) {
      const { serialNumber } = record;
      if (!(await proof.isMadeBy(record))) throw proofRejected('not_its_key', { serialNumber });
      checkFresh(proof, options);
    },
  };
}
