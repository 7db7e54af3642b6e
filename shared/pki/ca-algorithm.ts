import type { CaKeySpec } from '../domain/authority.ts';
import { SIGNATURE_ALGORITHMS } from '../domain/signature-algorithm.ts';
import { type Der, NULL, objectIdentifier, sequence } from './der/write.ts';

/** The AlgorithmIdentifier of a CA key's signatures. */
export function caAlgorithmIdentifier(keySpec: CaKeySpec): Der {
  const { oid, nullParameters } = SIGNATURE_ALGORITHMS[keySpec];
  return sequence(objectIdentifier(oid), ...(nullParameters ? [NULL] : []));
}
