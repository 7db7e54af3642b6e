import { createPublicKey, X509Certificate } from 'node:crypto';
import { AppError } from '../errors/app-error.ts';
import { isPrepared, type Prepared } from './prepared.ts';

/** What a signer answers at least: RSA as PKCS#1 octets, ECDSA as DER Ecdsa-Sig-Value, as X.509 carries them. */
export interface Signed {
  readonly signature: Uint8Array;
}

/**
 * Has a prepared certificate signed and verifies the result with the issuer's public key. The signer gets a digest and
 * nothing else.
 * @returns the DER certificate, and whatever else the signer answered.
 * @throws AppError `internal` where the signature does not verify: nothing is handed out then. What the signer throws
 * passes through. @throws TypeError for anything that prepare did not make.
 */
export async function issue<Answer extends Signed>(
  prepared: Prepared,
  sign: (digest: Uint8Array) => Promise<Answer>,
): Promise<Answer & { readonly certificate: Uint8Array }> {
  if (!isPrepared(prepared)) throw new TypeError('only what prepare made can be issued');
  const answer = await sign(prepared.digest);
  const certificate = prepared.assemble(answer.signature);
  if (!isSignedBy(certificate, prepared.issuerPublicKey)) {
    throw new AppError(
      'internal',
      'The CA answered with a signature that does not verify; it was discarded.',
      {
        internal: { tbsSha256: prepared.tbsSha256, keySpec: prepared.keySpec },
      },
    );
  }
  return { ...answer, certificate };
}

function isSignedBy(certificate: Uint8Array, publicKey: Uint8Array): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return new X509Certificate(certificate).verify(key);
}
