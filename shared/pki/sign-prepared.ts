import { AppError } from '../errors/app-error.ts';
import type { Der } from './der/write.ts';
import { type Prepared, redeem, type SignedKind } from './prepared.ts';

/** What a signer returns at least: RSA as PKCS#1 octets, ECDSA as DER Ecdsa-Sig-Value, as X.509 carries them. */
export interface Signed {
  readonly signature: Uint8Array;
}

/**
 * Has what was prepared signed, and verifies the result with the public key that it was prepared for. The signer gets a
 * digest and nothing else. Redeems what was prepared: whatever comes of it, it can't be signed again.
 *
 * @returns the complete DER, and what the signer returned.
 * @throws AppError `internal` where the signature does not verify: nothing is handed out then. What the signer throws
 * passes through. @throws TypeError for anything that prepare did not make, and for what was redeemed before; the signer
 * is not called then.
 */
export async function signPrepared<Answer extends Signed>(
  prepared: Prepared<SignedKind>,
  sign: (digest: Uint8Array) => Promise<Answer>,
): Promise<{ readonly der: Der; readonly answer: Answer }> {
  const { digest, assemble, verify } = redeem(prepared);
  const answer = await sign(digest);
  const der = assemble(answer.signature);
  if (verify(der)) return { der, answer };
  throw new AppError('internal', 'The CA returned a signature that does not verify; it was discarded.', {
    internal: { kind: prepared.kind, tbsSha256: prepared.tbsSha256, keySpec: prepared.keySpec },
  });
}
