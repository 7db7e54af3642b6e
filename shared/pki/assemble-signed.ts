import type { CaKeySpec } from '../domain/authority.ts';
import { caAlgorithmIdentifier } from './ca-algorithm.ts';
import { bitString, type Der, sequence } from './der/write.ts';

/** A certificate or a revocation list of its to-be-signed bytes and their signature (RFC 5280 sections 4.1 and 5.1). */
export function assembleSigned(tbs: Der, keySpec: CaKeySpec, signature: Uint8Array): Der {
  return sequence(tbs, caAlgorithmIdentifier(keySpec), bitString(signature));
}
