import type { LintContext } from '../../../shared/pki/lint/rule.ts';
import {
  bytes,
  CONTEXT,
  commonName,
  encode,
  extension,
  LEAF,
  LEAF_PARTS,
  type Parts,
  utcTime,
} from './tbs.ts';
import type { Vector } from './vectors.ts';

/** What the responder is meant to be. */
export const RESPONDER_CONTEXT: LintContext = {
  kind: 'responder',
  serialNumber: CONTEXT.serialNumber,
  validity: CONTEXT.validity,
  commonName: 'fleetseal OCSP responder of issuer-1',
  publicKey: CONTEXT.publicKey,
  issuer: CONTEXT.issuer,
};

const EXTENSIONS = {
  authorityKeyIdentifier: LEAF.authorityKeyIdentifier,
  subjectKeyIdentifier: LEAF.subjectKeyIdentifier,
  basicConstraints: LEAF.basicConstraints,
  keyUsage: LEAF.keyUsage,
  extKeyUsage: extension('2.5.29.37', bytes('300a 06082b06010505070309')),
  ocspNoCheck: extension('1.3.6.1.5.5.7.48.1.5', bytes('0500')),
};

/** The certificate of an OCSP responder with a P-256 key. */
export const RESPONDER_PARTS: Parts = {
  ...LEAF_PARTS,
  subject: commonName('fleetseal OCSP responder of issuer-1'),
  extensions: Object.values(EXTENSIONS),
};

function responder(rule: string, name: string, change: Partial<typeof EXTENSIONS>, words: string): Vector {
  const tbs = encode({ ...RESPONDER_PARTS, extensions: Object.values({ ...EXTENSIONS, ...change }) });
  return { rule, name, tbs, context: RESPONDER_CONTEXT, words };
}

const { ocspNoCheck: _, ...withoutNoCheck } = EXTENSIONS;
const late = CONTEXT.validity.notBefore + 31 * 86_400;

/** Certificates of responders that break one rule each. */
export const RESPONDER_VECTORS: readonly Vector[] = [
  {
    rule: 'ocsp_no_check',
    name: 'left out',
    tbs: encode({ ...RESPONDER_PARTS, extensions: Object.values(withoutNoCheck) }),
    context: RESPONDER_CONTEXT,
    words: 'it is missing',
  },
  responder(
    'ocsp_no_check',
    'with a value',
    { ocspNoCheck: extension('1.3.6.1.5.5.7.48.1.5', bytes('0101ff')) },
    '0101ff is not NULL',
  ),
  responder(
    'extended_key_usage',
    'OCSPSigning and clientAuth',
    { extKeyUsage: extension('2.5.29.37', bytes('3014 06082b06010505070309 06082b06010505070302')) },
    'is not [1.3.6.1.5.5.7.3.9]',
  ),
  responder(
    'key_usage',
    'of a CA',
    { keyUsage: extension('2.5.29.15', bytes('03020106'), true) },
    '03020106 is not 03020780',
  ),
  responder(
    'basic_constraints',
    'of a CA',
    { basicConstraints: extension('2.5.29.19', bytes('30030101ff'), true) },
    '30030101ff is not 3000',
  ),
  responder(
    'known_extensions',
    'a subject alternative name',
    { ocspNoCheck: LEAF.subjectAltName },
    'a responder must not have subjectAltName',
  ),
  {
    rule: 'responder_lifetime',
    name: 'of more than 30 days',
    tbs: encode({ ...RESPONDER_PARTS, notAfter: utcTime(late) }),
    context: RESPONDER_CONTEXT,
    words: 'is longer than 2595600 s',
  },
];
