import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../shared/errors/app-error.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  type Der,
  element,
  NULL,
  objectIdentifier,
  octetString,
  printableString,
  sequence,
  setOfOne,
  unsignedInteger,
  utf8String,
} from '../../../shared/pki/der/write.ts';
import { encodeExtension } from '../../../shared/pki/extensions.ts';
import { OID } from '../../../shared/pki/oids.ts';
import { toPem } from '../../../shared/pki/pem.ts';
import { verifyCsr } from '../../../shared/pki/verify-csr.ts';
import {
  type CsrOptions,
  extensionRequest,
  makeCsr,
  makeKey,
  nameOf,
  signRequest,
} from '../../support/csr.ts';

/** What decoding and verifying `text` ends with. */
function outcome(text: string): { code: string; message: string } {
  try {
    verifyCsr(decodeCsr(text), { caKeySha256: [] });
    return { code: 'accepted', message: '' };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.errors.map(({ pointer }) => pointer)).toEqual(error.errors.map(() => '#/csr'));
    expect(error.errors.length).toBeGreaterThan(0);
    return { code: error.code, message: error.message };
  }
}

const key = makeKey('p256');
const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
const good = makeCsr({ privateKey: key, commonName: 'web-01' });
const made = (options: CsrOptions): string => makeCsr({ privateKey: key, ...options }).pem;
const pem = (der: Uint8Array) => toPem('CERTIFICATE REQUEST', der);
const san = (...names: readonly Der[]): Der =>
  encodeExtension({ oid: OID.subjectAltName, critical: false, value: sequence(...names) });
const extension = (oid: string, value: Der): Der => encodeExtension({ oid, critical: false, value });
const dn = (oid: string, value: Der): Der => setOfOne(sequence(objectIdentifier(oid), value));

/** A request with these parts of CertificationRequestInfo, well signed. */
function withInfo(...parts: readonly Der[]): string {
  return pem(signRequest(sequence(...parts), key));
}

/** A request signed as the identifier says, with whatever signature. */
function withAlgorithm(algorithm: Der, signature: Uint8Array = new Uint8Array(64)): string {
  const info = sequence(VERSION, nameOf('web-01'), publicKey, contextConstructed(0));
  return pem(sequence(info, algorithm, bitString(signature)));
}

function withKey(spki: Der): string {
  return withInfo(VERSION, nameOf('web-01'), spki, contextConstructed(0));
}

const VERSION = unsignedInteger(Uint8Array.of(0));
const POINT = Buffer.from(publicKey).subarray(-65);
const changed = (der: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = Uint8Array.from(der);
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
};
/** What is inside the outer SEQUENCE. */
function contentsOf(der: Uint8Array): Uint8Array {
  return der.subarray(der[1] === 0x81 ? 3 : 4);
}

/** The outer SEQUENCE with an indefinite length. */
const indefinite = Buffer.concat([Uint8Array.of(0x30, 0x80), contentsOf(good.der), Uint8Array.of(0, 0)]);

interface Row {
  readonly name: string;
  readonly csr: string;
  readonly words: string;
}

const MALFORMED: readonly Row[] = [
  { name: 'nothing', csr: '', words: 'neither PEM nor base64' },
  { name: 'blanks', csr: '  \n ', words: 'neither PEM nor base64' },
  { name: 'words', csr: 'please issue', words: 'neither PEM nor base64' },
  { name: 'base64 without padding', csr: 'MIIBAA', words: 'neither PEM nor base64' },
  {
    name: 'base64 for URLs',
    csr: Buffer.from(good.der).toString('base64url'),
    words: 'neither PEM nor base64',
  },
  { name: 'too long', csr: 'A'.repeat(8193), words: 'has 8193 characters; at most 8192' },
  { name: 'PEM on one line', csr: good.pem.replaceAll('\n', ' '), words: 'not one clean PEM block' },
  { name: 'PEM without end', csr: good.pem.replace(/-----END.*/s, ''), words: 'not one clean PEM block' },
  { name: 'text before the PEM', csr: `Certificate Request:\n${good.pem}`, words: 'not one clean PEM block' },
  { name: 'two PEM blocks', csr: good.pem + good.pem, words: 'not one clean PEM block' },
  {
    name: 'PEM with headers',
    csr: good.pem.replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n'),
    words: 'not one clean PEM block',
  },
  { name: 'a certificate', csr: toPem('CERTIFICATE', good.der), words: 'labelled "CERTIFICATE"' },
  {
    name: 'a private key',
    csr: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    words: 'holds a private key, which must never leave its host',
  },
  {
    name: 'a private key behind the request',
    csr: good.pem + key.export({ format: 'pem', type: 'sec1' }).toString(),
    words: 'holds a private key',
  },
  {
    name: 'octets after the end',
    csr: pem(Buffer.concat([good.der, NULL])),
    words: '2 bytes follow the end',
  },
  { name: 'cut off', csr: pem(good.der.subarray(0, -1)), words: 'a length reaches beyond the end' },
  { name: 'an indefinite length', csr: pem(indefinite), words: 'an indefinite length is used' },
  { name: 'not a request', csr: pem(sequence(NULL)), words: 'not a PKCS #10 certification request' },
  { name: 'a key instead', csr: pem(publicKey), words: 'not a PKCS #10 certification request' },
  {
    name: 'an item after the signature',
    csr: pem(sequence(contentsOf(good.der), NULL)),
    words: 'not a PKCS #10 certification request',
  },
  {
    name: 'version 2',
    csr: withInfo(unsignedInteger(Uint8Array.of(1)), nameOf('web-01'), publicKey, contextConstructed(0)),
    words: 'not a PKCS #10 certification request',
  },
  {
    name: 'an INTEGER with a surplus zero',
    csr: withInfo(element(2, Uint8Array.of(0, 0)), nameOf('web-01'), publicKey, contextConstructed(0)),
    words: 'an INTEGER is not in its shortest form',
  },
  {
    name: 'no attributes field',
    csr: withInfo(VERSION, nameOf('web-01'), publicKey),
    words: 'not a PKCS #10 certification request',
  },
  {
    name: 'an item after the attributes',
    csr: withInfo(VERSION, nameOf('web-01'), publicKey, contextConstructed(0), NULL),
    words: 'not a PKCS #10 certification request',
  },
  {
    name: 'a subject of one empty RDN',
    csr: made({ subject: sequence(element(0x31)) }),
    words: 'not a PKCS #10 certification request',
  },
  {
    name: 'an extension request without extensions list',
    csr: made({ attributes: [sequence(objectIdentifier(OID.extensionRequest), setOfOne(NULL))] }),
    words: 'must hold exactly one list of extensions',
  },
  {
    name: 'critical FALSE written out',
    csr: made({
      extensions: [
        sequence(
          objectIdentifier(OID.basicConstraints),
          element(1, Uint8Array.of(0)),
          octetString(sequence()),
        ),
      ],
    }),
    words: 'not a PKCS #10 certification request',
  },
  {
    name: 'cA FALSE written out',
    csr: made({ extensions: [extension(OID.basicConstraints, sequence(element(1, Uint8Array.of(0))))] }),
    words: 'basicConstraints (2.5.29.19) in the CSR is not well formed',
  },
  {
    name: 'octets after an extension',
    csr: made({ extensions: [extension(OID.basicConstraints, Buffer.concat([sequence(), NULL]))] }),
    words: 'not well formed: 2 bytes follow the end',
  },
  {
    name: 'key usage with trailing zeros',
    csr: made({ extensions: [extension(OID.keyUsage, element(3, Uint8Array.of(0, 0x80)))] }),
    words: 'keyUsage (2.5.29.15) in the CSR is not well formed',
  },
  { name: 'no name in the SAN', csr: made({ extensions: [san()] }), words: 'empty subjectAltName' },
  {
    name: 'an IP address of 5 octets',
    csr: made({ extensions: [san(contextPrimitive(7, new Uint8Array(5)))] }),
    words: 'has 5 octets, not 4 or 16',
  },
  {
    name: 'an empty list of purposes',
    csr: made({ extensions: [extension(OID.extKeyUsage, sequence())] }),
    words: 'not a PKCS #10 certification request',
  },
];

const REFUSED: readonly Row[] = [
  {
    name: 'organization and CN',
    csr: made({
      subject: sequence(dn('2.5.4.10', utf8String('Acme')), dn(OID.commonName, utf8String('web-01'))),
    }),
    words: 'subject holds organizationName (O) (2.5.4.10); it must be empty or CN=<name> only',
  },
  {
    name: 'two CNs',
    csr: made({
      subject: sequence(dn(OID.commonName, utf8String('a')), dn(OID.commonName, utf8String('b'))),
    }),
    words: 'holds commonName more than once',
  },
  {
    name: 'an IPv4-mapped address',
    csr: made({
      extensions: [san(contextPrimitive(7, Buffer.from('00000000000000000000ffffc0000201', 'hex')))],
    }),
    words: 'holds an IPv4-mapped IPv6 address. Ask for the IPv4 address.',
  },
  {
    name: 'an unknown subject attribute',
    csr: made({ subject: sequence(dn('1.2.3.4', utf8String('a'))) }),
    words: 'subject holds 1.2.3.4;',
  },
  { name: 'a blank in the CN', csr: made({ commonName: 'web 01' }), words: '1 to 64 letters, digits' },
  { name: 'an empty CN', csr: made({ commonName: '' }), words: '1 to 64 letters, digits' },
  { name: 'a CN of 65', csr: made({ commonName: 'a'.repeat(65) }), words: '1 to 64 letters, digits' },
  { name: 'a CN with NUL', csr: made({ commonName: 'web\0.evil' }), words: '1 to 64 letters, digits' },
  {
    name: 'a CN as BMPString',
    csr: made({ subject: sequence(dn(OID.commonName, element(0x1e, Buffer.from('0077', 'hex')))) }),
    words: 'as UTF8String or PrintableString',
  },
  {
    name: 'a challenge password',
    csr: made({
      attributes: [sequence(objectIdentifier(OID.challengePassword), setOfOne(utf8String('secret')))],
    }),
    words: 'attribute challengePassword (1.2.840.113549.1.9.7), which is not used here',
  },
  {
    name: 'two extension requests',
    csr: made({
      attributes: [
        extensionRequest(extension(OID.basicConstraints, sequence())),
        extensionRequest(extension(OID.basicConstraints, sequence())),
      ],
    }),
    words: 'more than one extensionRequest',
  },
  {
    name: 'must-staple and an unknown extension, both named',
    csr: made({ extensions: [extension('1.3.6.1.5.5.7.1.24', sequence()), extension('1.2.3.4.5', NULL)] }),
    words:
      'tlsFeature (OCSP must-staple) (1.3.6.1.5.5.7.1.24), which is not issued. Leave it out. The CSR asks for the extension 1.2.3.4.5,',
  },
  {
    name: 'an extension twice',
    csr: made({
      extensions: [extension(OID.basicConstraints, sequence()), extension(OID.basicConstraints, sequence())],
    }),
    words: 'the extension basicConstraints (2.5.29.19) twice',
  },
  {
    name: 'an e-mail address',
    csr: made({ extensions: [san(contextPrimitive(1, Buffer.from('a@example.com')))] }),
    words: 'a name of kind email; only DNS names, IP addresses and URIs',
  },
  {
    name: 'a directory name',
    csr: made({ extensions: [san(contextConstructed(4, nameOf('x')))] }),
    words: 'a name of kind directoryName',
  },
  {
    name: 'another name',
    csr: made({
      extensions: [san(contextConstructed(0, objectIdentifier('1.2.3'), contextConstructed(0, NULL)))],
    }),
    words: 'a name of kind otherName',
  },
  {
    name: 'a wildcard',
    csr: made({ dnsNames: ['*.example.com'] }),
    words: '"*.example.com" in the CSR is not allowed',
  },
  {
    name: 'a DNS name with NUL',
    csr: made({ dnsNames: ['a\0.com'] }),
    words: 'is not allowed: it must be a host name',
  },
  { name: 'an empty DNS name', csr: made({ dnsNames: [''] }), words: 'The DNS name "" in the CSR' },
  { name: 'a URI with a blank', csr: made({ uris: ['urn:a b'] }), words: 'other than printable ASCII' },
  {
    name: 'a name twice in different case',
    csr: made({ dnsNames: ['a.example.com', 'A.example.com'] }),
    words: 'holds a.example.com twice',
  },
  {
    name: 'SHA-1',
    csr: withAlgorithm(sequence(objectIdentifier(OID.sha1WithRSAEncryption), NULL)),
    words: 'signed with sha1WithRSAEncryption (1.2.840.113549.1.1.5), or with parameters',
  },
  {
    name: 'ECDSA with SHA-1',
    csr: withAlgorithm(sequence(objectIdentifier(OID.ecdsaWithSHA1))),
    words: 'signed with ecdsaWithSHA1',
  },
  {
    name: 'ECDSA with parameters',
    csr: withAlgorithm(sequence(objectIdentifier(OID.ecdsaWithSHA256), NULL)),
    words: 'signed with ecdsaWithSHA256',
  },
  {
    name: 'PSS with default (SHA-1) parameters',
    csr: withAlgorithm(sequence(objectIdentifier(OID.rsassaPss), sequence())),
    words: 'RSASSA-PSS needs a salt as long as the hash',
  },
  {
    name: 'the algorithm of another kind of key',
    csr: withAlgorithm(sequence(objectIdentifier(OID.sha256WithRSAEncryption), NULL)),
    words: 'signed with sha256WithRSAEncryption, which its p256 key cannot do',
  },
  {
    name: 'a signature by another key',
    csr: made({ commonName: 'web-01', signingKey: makeKey('p256') }),
    words: 'signature does not verify with the key in it',
  },
  {
    name: 'a changed name',
    csr: pem(Buffer.from(Buffer.from(good.der).toString('latin1').replace('web-01', 'web-02'), 'latin1')),
    words: 'signature does not verify with the key in it',
  },
  {
    name: 'a signature that is no ECDSA signature',
    csr: withAlgorithm(sequence(objectIdentifier(OID.ecdsaWithSHA256))),
    words: 'signature does not verify with the key in it',
  },
];

const EC_IDENTIFIER = sequence(objectIdentifier(OID.ecPublicKey), objectIdentifier(OID.secp256r1));
const otherKey = (oid: string, ...parameters: readonly Der[]): string =>
  withKey(sequence(sequence(objectIdentifier(oid), ...parameters), bitString(new Uint8Array(32))));

const KEYS: readonly Row[] = [
  {
    name: 'DSA',
    csr: otherKey(OID.dsa),
    words: "The key's algorithm dsa (1.2.840.10040.4.1) is not allowed",
  },
  { name: 'X25519', csr: otherKey(OID.x25519), words: "The key's algorithm x25519" },
  { name: 'Ed448', csr: otherKey(OID.ed448), words: "The key's algorithm ed448" },
  { name: 'a key for PSS only', csr: otherKey(OID.rsassaPss), words: 'marked as RSASSA-PSS only' },
  {
    name: 'secp256k1',
    csr: otherKey(OID.ecPublicKey, objectIdentifier(OID.secp256k1)),
    words: 'curve secp256k1',
  },
  {
    name: 'explicit curve parameters',
    csr: otherKey(OID.ecPublicKey, sequence(unsignedInteger(Uint8Array.of(1)))),
    words: 'given by explicit parameters',
  },
  {
    name: 'RSA without NULL',
    csr: otherKey(OID.rsaEncryption),
    words: "parameters of the key's algorithm rsaEncryption",
  },
  {
    name: 'a point that is not on the curve',
    csr: withKey(sequence(EC_IDENTIFIER, bitString(changed(POINT, -1, (POINT.at(-1) ?? 0) ^ 1)))),
    words: 'the point is not on the curve',
  },
  {
    name: 'the point at infinity',
    csr: withKey(sequence(EC_IDENTIFIER, bitString(Uint8Array.of(0)))),
    words: 'no point of its curve p256',
  },
  {
    name: 'a compressed point',
    csr: withKey(
      sequence(EC_IDENTIFIER, bitString(changed(POINT.subarray(0, 33), 0, 2 + ((POINT.at(-1) ?? 0) & 1)))),
    ),
    words: 'compressed point',
  },
];

describe('requests that are not understood: malformed_csr', () => {
  test.each(MALFORMED)('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'malformed_csr', message: expect.stringContaining(words) });
  });
});

describe('requests that are not allowed: csr_refused', () => {
  test.each(REFUSED)('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'csr_refused', message: expect.stringContaining(words) });
  });
});

describe('keys that are not allowed: key_refused', () => {
  test.each(KEYS)('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'key_refused', message: expect.stringContaining(words) });
  });
});

test('the good request that the bad ones are made from is accepted', () => {
  expect(outcome(good.pem).code).toBe('accepted');
  expect(outcome(made({ subject: sequence(dn(OID.commonName, printableString('web-01'))) })).code).toBe(
    'accepted',
  );
});
