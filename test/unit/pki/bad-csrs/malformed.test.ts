import { describe, expect, test } from '@jest/globals';
import {
  contextConstructed,
  contextPrimitive,
  element,
  NULL,
  objectIdentifier,
  octetString,
  sequence,
  setOfOne,
  unsignedInteger,
} from '../../../../shared/pki/der/write.ts';
import { OID } from '../../../../shared/pki/oids.ts';
import { nameOf } from '../../../support/csr.ts';
import {
  contentsOf,
  extension,
  good,
  indefinite,
  made,
  outcome,
  pem,
  publicKey,
  type Row,
  san,
  VERSION,
  withInfo,
} from './requests.ts';

const MALFORMED: readonly Row[] = [
  {
    name: 'octets after the end',
    csr: pem(Buffer.concat([good.der, NULL])),
    words: '2 bytes follow the end',
  },
  { name: 'cut off', csr: pem(good.der.subarray(0, -1)), words: 'a length reaches beyond the end' },
  { name: 'an indefinite length', csr: pem(indefinite), words: 'an indefinite length is used' },
  { name: 'not a request', csr: pem(sequence(NULL)), words: 'not a PKCS #10 certification request' },
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
    words: 'has no attributes field, which is required even if it is empty',
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
    words: 'must contain exactly one list',
  },
  {
    name: 'an extension request of no extensions',
    csr: made({ attributes: [sequence(objectIdentifier(OID.extensionRequest), setOfOne(sequence()))] }),
    words: 'must contain exactly one list, with at least one extension',
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

describe('requests that are not understood: malformed_csr', () => {
  test.each(MALFORMED)('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'malformed_csr', message: expect.stringContaining(words) });
  });
});
