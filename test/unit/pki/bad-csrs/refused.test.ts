import { describe, expect, test } from '@jest/globals';
import {
  contextConstructed,
  contextPrimitive,
  element,
  NULL,
  objectIdentifier,
  printableString,
  sequence,
  setOfOne,
  utf8String,
} from '../../../../shared/pki/der/write.ts';
import { OID } from '../../../../shared/pki/oids.ts';
import { extensionRequest, makeKey, nameOf } from '../../../support/csr.ts';
import { dn, extension, good, made, outcome, pem, type Row, san, withAlgorithm } from './requests.ts';

const REFUSED: readonly Row[] = [
  {
    name: 'organization and CN',
    csr: made({
      subject: sequence(dn('2.5.4.10', utf8String('Acme')), dn(OID.commonName, utf8String('web-01'))),
    }),
    words: 'subject contains organizationName (O) (2.5.4.10); it must be empty or CN=<name> only',
  },
  {
    name: 'two CNs',
    csr: made({
      subject: sequence(dn(OID.commonName, utf8String('a')), dn(OID.commonName, utf8String('b'))),
    }),
    words: 'contains commonName more than once',
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
    words: 'subject contains 1.2.3.4;',
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
  ...[
    { name: 'an unstructured name', oid: OID.unstructuredName, what: 'unstructuredName' },
    {
      name: 'a name-value pair of certreq',
      oid: '1.3.6.1.4.1.311.13.2.1',
      what: 'Microsoft enrollment name-value pair',
    },
    {
      name: "certreq's older list of extensions",
      oid: '1.3.6.1.4.1.311.2.1.14',
      what: 'Microsoft certificate extensions',
    },
    { name: 'a key to be archived', oid: '1.3.6.1.4.1.311.21.13', what: 'Microsoft archived key' },
  ].map(({ name, oid, what }) => ({
    name,
    csr: made({ attributes: [sequence(objectIdentifier(oid), setOfOne(utf8String('secret')))] }),
    words: `attribute ${what} (${oid}), which is not allowed. Leave it out.`,
  })),
  ...[
    {
      name: 'a certificate template',
      oid: '1.3.6.1.4.1.311.20.2',
      what: 'Microsoft certificate template name',
    },
    { name: 'application policies', oid: '1.3.6.1.4.1.311.21.10', what: 'Microsoft application policies' },
    { name: 'S/MIME capabilities', oid: '1.2.840.113549.1.9.15', what: 'S/MIME capabilities' },
  ].map(({ name, oid, what }) => ({
    name,
    csr: made({ extensions: [extension(oid, NULL)] }),
    words: `asks for the extension ${what} (${oid}), which is not issued. Leave it out.`,
  })),
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
    words: '"*.example.com" in the CSR contains "*": it must be a host name',
  },
  {
    name: 'a DNS name with NUL',
    csr: made({ dnsNames: ['a\0.com'] }),
    words: 'in the CSR contains "\\u0000": it must be a host name',
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
    words: 'signed with sha256WithRSAEncryption, which is not possible with its p256 key',
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

describe('requests that are not allowed: csr_refused', () => {
  test.each(REFUSED)('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'csr_refused', message: expect.stringContaining(words) });
  });
});

test('the good request that the bad ones are made from is accepted', () => {
  expect(outcome(good.pem).code).toBe('accepted');
  expect(outcome(made({ subject: sequence(dn(OID.commonName, printableString('web-01'))) })).code).toBe(
    'accepted',
  );
});
