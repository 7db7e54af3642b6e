import type { Prepared } from './prepared.ts';
import { type Signed, signPrepared } from './sign-prepared.ts';

/**
 * Has a prepared certificate signed and verifies the result with the issuer's public key. The signer gets a digest and
 * nothing else. Redeems the prepared certificate: whatever comes of it, it can't be issued again.
 *
 * @example
 * const { certificate, attempts } = await issue(prepareLeaf(record, issuer), (digest) => signer.sign(issuer, digest));
 *
 * @returns the DER certificate, and whatever else the signer returned.
 * @throws what {@link signPrepared} throws.
 */
export async function issue<Answer extends Signed>(
  prepared: Prepared<'certificate'>,
  sign: (digest: Uint8Array) => Promise<Answer>,
): Promise<Answer & { readonly certificate: Uint8Array }> {
  const { der, answer } = await signPrepared(prepared, sign);
  return { ...answer, certificate: der };
}
