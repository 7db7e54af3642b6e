import { createPublicKey, X509Certificate } from 'node:crypto';
import { AppError } from '../errors/app-error.ts';
import { type Prepared, redeem } from './prepared.ts';

/** What a signer returns at least: RSA as PKCS#1 octets, ECDSA as DER Ecdsa-Sig-Value, as X.509 carries them. */
export interface Signed {
  readonly signature: Uint8Array;
}

/**
 * Has a prepared certificate signed and verifies the result with the issuer's public key. The signer gets a digest and
 * nothing else. Redeems the prepared certificate: whatever comes of it, it can't be issued again.
 *
 * @example
 * const { certificate, attempts } = await issue(prepareLeaf(record, issuer), (digest) => signer.sign(issuer, digest));
 *
 * @returns the DER certificate, and whatever else the signer returned.
 * @throws AppError `internal` where the signature does not verify: nothing is handed out then. What the signer throws
 * passes through. @throws TypeError for anything that prepare did not make, and for what was redeemed before; the signer
 * is not called then.
 */
export async function issue<Answer extends Signed>(
  prepared: Prepared,
  sign: (digest: Uint8Array) => Promise<Answer>,
): Promise<Answer & { readonly certificate: Uint8Array }> {
  const { digest, issuerPublicKey, assemble } = redeem(prepared);
  const answer = await sign(digest);
  const certificate = assemble(answer.signature);
  if (!isSignedBy(certificate, issuerPublicKey)) {
    throw new AppError('internal', 'The CA returned a signature that does not verify; it was discarded.', {
      internal: { tbsSha256: prepared.tbsSha256, keySpec: prepared.keySpec },
    });
  }
  return { ...answer, certificate };
}

function isSignedBy(certificate: Uint8Array, publicKey: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return new X509Certificate(certificate).verify(key);
}
