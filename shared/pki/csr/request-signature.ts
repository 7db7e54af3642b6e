import type { AlgorithmIdentifier } from 'pkijs';
import type { KeyKind } from '../../domain/key-kind.ts';
import { keyFamily, REQUEST_SIGNATURES, type RequestSignature } from '../algorithm-identifiers.ts';
import { describeAnyOid } from '../oid-names.ts';
import { csrRefused } from './errors.ts';

/**
 * How a request is signed.
 * @throws AppError `csr_refused` for SHA-1 and other algorithms that are not allowed, or that the key can't have made.
 */
export function readRequestSignature(algorithm: AlgorithmIdentifier, keyKind: KeyKind): RequestSignature {
  const found = REQUEST_SIGNATURES.get(Buffer.from(algorithm.toSchema().toBER()).toString('hex'));
  const name = found?.name ?? describeAnyOid(algorithm.algorithmId);
  if (found === undefined) {
    throw csrRefused(
      `The CSR is signed with ${name}, or with parameters for it that are not allowed. Sign it with SHA-256, SHA-384 or SHA-512 (openssl req -new -sha256); RSASSA-PSS needs a salt as long as the hash.`,
    );
  }
  if (found.family !== keyFamily(keyKind)) {
    throw csrRefused(
      `The CSR says it is signed with ${name}, which is not possible with its ${keyKind} key.`,
    );
  }
  return found;
}
