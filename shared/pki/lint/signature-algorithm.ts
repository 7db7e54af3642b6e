import { hex, type Rule } from './rule.ts';

/** Written out here, so that the rule does not believe the table that it checks. */
export const EXPECTED_ALGORITHM = {
  RSA_3072: '300d06092a864886f70d01010b0500',
  RSA_4096: '300d06092a864886f70d01010b0500',
  ECC_NIST_P256: '300a06082a8648ce3d040302',
  ECC_NIST_P384: '300a06082a8648ce3d040303',
} as const;

export const signatureAlgorithm: Rule = {
  name: 'signature_algorithm',
  citation:
    'RFC 5280 section 4.1.2.3; RFC 4055 section 5 (RSA: NULL parameters); RFC 5758 section 3.2 (ECDSA: none)',
  check: ({ signature }, { issuer }) =>
    hex(signature) === EXPECTED_ALGORITHM[issuer.keySpec]
      ? undefined
      : `${hex(signature)} does not fit the issuer's key ${issuer.keySpec}`,
};
