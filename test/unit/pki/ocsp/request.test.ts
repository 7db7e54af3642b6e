import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  element,
  NULL,
  objectIdentifier,
  octetString,
  sequence,
  TRUE,
} from '../../../../shared/pki/der/write.ts';
import { MAX_REQUEST_OCTETS, readRequest } from '../../../../shared/pki/ocsp/request.ts';
import { certId, nonce, ocspRequest } from '../../../support/ocsp-request.ts';

const SERIAL = '01000000000000000000000000000000000c';
const ID = {
  hash: 'sha1',
  nameHash: Buffer.alloc(20, 0xaa),
  keyHash: Buffer.alloc(20, 0xbb),
  serialNumber: SERIAL,
} as const;
const id = certId(ID);
const READ = {
  kind: 'certificate',
  certId: { hash: 'sha1', nameHash: 'aa'.repeat(20), keyHash: 'bb'.repeat(20), serialNumber: SERIAL },
};
const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const extension = (oid: string, value: Uint8Array, critical = false) =>
  sequence(objectIdentifier(oid), ...(critical ? [TRUE] : []), octetString(value));
/** id-pkix-ocsp-response: acceptable response types. */
const ACCEPTABLE = '1.3.6.1.5.5.7.48.1.4';

describe('a request about one certificate is read', () => {
  test.each([
    { name: 'with SHA-1', request: ocspRequest(id) },
    { name: 'with the version written', request: ocspRequest(id, { version: bytes('a003020100') }) },
    {
      name: "with the requestor's name",
      request: ocspRequest(id, { requestor: element(0xa1, element(0x82, Buffer.from('a'))) }),
    },
    {
      name: 'with a signature, which is ignored',
      request: ocspRequest(id, { signature: element(0xa0, sequence(sequence(), element(3, bytes('00')))) }),
    },
    { name: 'with a nonce of 1 octet', request: ocspRequest(id, { extensions: [nonce(bytes('01'))] }) },
    {
      name: 'with a nonce of 128 octets',
      request: ocspRequest(id, { extensions: [nonce(Buffer.alloc(128, 7))] }),
    },
    {
      name: 'with a critical nonce',
      request: ocspRequest(id, {
        extensions: [extension('1.3.6.1.5.5.7.48.1.2', octetString(bytes('01')), true)],
      }),
    },
    {
      name: 'with extensions that are not known and not critical',
      request: ocspRequest(id, {
        extensions: [extension(ACCEPTABLE, sequence())],
        requests: [sequence(id, element(0xa0, sequence(extension('1.2.3.4', NULL))))],
      }),
    },
    {
      name: 'with a hash without parameters',
      request: ocspRequest(
        sequence(
          sequence(objectIdentifier('1.3.14.3.2.26')),
          octetString(ID.nameHash),
          octetString(ID.keyHash),
          element(2, bytes(SERIAL)),
        ),
      ),
    },
  ])('$name', ({ request }) => {
    expect(readRequest(request)).toEqual(READ);
  });

  test('with SHA-256', () => {
    const hashes = { nameHash: Buffer.alloc(32, 0xaa), keyHash: Buffer.alloc(32, 0xbb) };
    expect(readRequest(ocspRequest(certId({ ...ID, ...hashes, hash: 'sha256' })))).toEqual({
      kind: 'certificate',
      certId: {
        hash: 'sha256',
        nameHash: 'aa'.repeat(32),
        keyHash: 'bb'.repeat(32),
        serialNumber: SERIAL,
      },
    });
  });
});

test('a request with another hash is well-formed, but about nothing that is known', () => {
  const sha512 = sequence(
    sequence(objectIdentifier('2.16.840.1.101.3.4.2.3')),
    octetString(Buffer.alloc(64)),
    octetString(Buffer.alloc(64)),
    element(2, bytes(SERIAL)),
  );
  expect(readRequest(ocspRequest(sha512))).toEqual({ kind: 'other-hash' });
});

describe('malformed:', () => {
  test.each([
    { name: 'nothing', request: bytes(''), why: 'an element is cut off (at byte 0)' },
    { name: 'an empty SEQUENCE', request: bytes('3000'), why: 'an element of tag 48 is missing' },
    {
      name: 'no certificate',
      request: ocspRequest(id, { requests: [] }),
      why: '0 certificates instead of one',
    },
    {
      name: 'two certificates',
      request: ocspRequest(id, { requests: [sequence(id), sequence(id)] }),
      why: '2 certificates instead of one',
    },
    {
      name: 'version 2',
      request: ocspRequest(id, { version: bytes('a003020101') }),
      why: 'a version other than 1',
    },
    {
      name: 'octets after the end',
      request: Buffer.concat([ocspRequest(id), bytes('00')]),
      why: '1 bytes follow the end of the structure',
    },
    {
      name: 'BER, an indefinite length',
      request: Buffer.concat([bytes('3080'), ocspRequest(id), bytes('0000')]),
      why: 'an indefinite length is used (at byte 1)',
    },
    {
      name: 'a nonce without octets',
      request: ocspRequest(id, { extensions: [nonce(bytes(''))] }),
      why: 'a nonce of 0 octets',
    },
    {
      name: 'a nonce of 129 octets',
      request: ocspRequest(id, { extensions: [nonce(Buffer.alloc(129))] }),
      why: 'a nonce of 129 octets',
    },
    {
      name: 'a nonce that is not an OCTET STRING',
      request: ocspRequest(id, { extensions: [extension('1.3.6.1.5.5.7.48.1.2', bytes('0101ff'))] }),
      why: 'an element of tag 4 is missing',
    },
    {
      name: 'a nonce of bare octets',
      request: ocspRequest(id, { extensions: [extension('1.3.6.1.5.5.7.48.1.2', bytes('ffff'))] }),
      why: 'the nonce: a tag number above 30 is used (at byte 0)',
    },
    {
      name: 'two nonces',
      request: ocspRequest(id, { extensions: [nonce(bytes('01')), nonce(bytes('02'))] }),
      why: 'an extension occurs twice',
    },
    {
      name: 'a critical extension that is not known',
      request: ocspRequest(id, { extensions: [extension(ACCEPTABLE, sequence(), true)] }),
      why: 'a critical extension is not known',
    },
    {
      name: 'a critical extension of the certificate in question',
      request: ocspRequest(id, {
        requests: [sequence(id, element(0xa0, sequence(extension('1.2.3', NULL, true))))],
      }),
      why: 'a critical extension is not known',
    },
    {
      name: 'a hash of another length',
      request: ocspRequest(certId({ ...ID, keyHash: Buffer.alloc(21) })),
      why: 'a hash is not as long as its algorithm says',
    },
    {
      name: 'a signature that is none',
      request: ocspRequest(id, { signature: element(0xa0, bytes('0500')) }),
      why: 'an element of tag 48 is missing',
    },
    {
      name: 'more than 4,096 octets',
      request: Buffer.alloc(MAX_REQUEST_OCTETS + 1, 0x30),
      why: 'longer than 4096',
    },
  ])('$name', ({ request, why }) => {
    expect(readRequest(request)).toEqual({ kind: 'malformed', why });
  });
});

describe('whatever is sent,', () => {
  test('any octets are read without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        expect(['malformed', 'other-hash', 'certificate']).toContain(readRequest(octets).kind);
      }),
      { numRuns: 2000 },
    );
  });

  test('so is a request with any octet changed, taken out or put in', () => {
    const request = Buffer.from(ocspRequest(id, { extensions: [nonce(Buffer.alloc(16, 9))] }));
    const at = fc.nat({ max: request.length - 1 });
    fc.assert(
      fc.property(at, fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 2), (place, octet, cut) => {
        const changed = [request.subarray(0, place), Uint8Array.of(octet), request.subarray(place + cut)];
        const read = readRequest(Buffer.concat(changed));
        expect(['malformed', 'other-hash', 'certificate']).toContain(read.kind);
      }),
      { numRuns: 3000 },
    );
  });
});
