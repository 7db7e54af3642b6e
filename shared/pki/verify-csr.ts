import { csrRefused } from './csr/errors.ts';
import type { CertificationRequest } from './csr.ts';
import { checkKeyStrength } from './key-strength.ts';
import { isSignature } from './verify-signature.ts';

/**
 * Checks that the key of a request is strong, not one of the CA's own, and held by who made the request (proof of
 * possession: RFC 2986 section 3).
 * @param policy `caKeySha256`: hex SHA-256 of the SubjectPublicKeyInfo of every root and issuer.
 * @throws AppError `key_refused`, or `csr_refused` where the signature does not verify.
 */
export function verifyCsr(
  csr: CertificationRequest,
  policy: { readonly caKeySha256: readonly string[] },
): void {
  const key = checkKeyStrength(csr, policy.caKeySha256);
  const { algorithm, signedBytes, signature } = csr.proof;
  if (!isSignature(algorithm, key, signedBytes, signature)) {
    throw csrRefused(
      "The CSR's signature does not verify with the key in it: the CSR was changed or signed with another key. Make it again with: openssl req -new -key agent.key",
    );
  }
}
