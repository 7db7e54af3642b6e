import { hex } from '../../lint/rule.ts';
import { EXPECTED_ALGORITHM } from '../../lint/signature-algorithm.ts';
import type { ListRule } from './rule.ts';

export const signatureAlgorithm: ListRule = {
  name: 'signature_algorithm',
  citation:
    'RFC 5280 section 5.1.2.2; RFC 4055 section 5 (RSA: NULL parameters); RFC 5758 section 3.2 (ECDSA: none)',
  check: ({ signature }, { ca }) =>
    hex(signature) === EXPECTED_ALGORITHM[ca.keySpec]
      ? undefined
      : `${hex(signature)} does not fit the CA's key ${ca.keySpec}`,
};
