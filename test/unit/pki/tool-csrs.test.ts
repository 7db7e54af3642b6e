import { describe, expect, test } from '@jest/globals';
import { PROFILES } from '../../../shared/domain/profile.ts';
import { checkRequestedExtensions } from '../../../shared/pki/check-requested-extensions.ts';
import { decodeCsr } from '../../../shared/pki/csr.ts';
import {
  bitString,
  type Der,
  element,
  objectIdentifier,
  sequence,
  setOfOne,
  unsignedInteger,
  utf8String,
} from '../../../shared/pki/der/write.ts';
import { encodeExtension, keyUsage, subjectKeyIdentifier } from '../../../shared/pki/extensions.ts';
import { keyIdentifier } from '../../../shared/pki/key-identifier.ts';
import { OID } from '../../../shared/pki/oids.ts';
import { verifyCsr } from '../../../shared/pki/verify-csr.ts';
import { extensionRequest, makeCsr, makeKey } from '../../support/csr.ts';

const attribute = (oid: string, value: Der) => sequence(objectIdentifier(oid), setOfOne(value));
const number = (value: number) => unsignedInteger(Uint8Array.of(value));
const utf16 = (text: string) => element(0x1e, Buffer.from(text, 'utf16le').swap16());

/** What certreq says of its host: [MS-WCCE] section 2.2.2.7. */
const OS_VERSION = attribute('1.3.6.1.4.1.311.13.2.3', element(0x16, Buffer.from('10.0.20348.2')));
const CLIENT = attribute(
  '1.3.6.1.4.1.311.21.20',
  sequence(number(5), utf8String('WEB-01.example.com'), utf8String('WEB-01$'), utf8String('certreq.exe')),
);
const CSP = attribute(
  '1.3.6.1.4.1.311.13.2.2',
  sequence(number(1), utf16('Microsoft Software Key Storage Provider'), bitString(new Uint8Array())),
);
const CHALLENGE = attribute(OID.challengePassword, utf8String('abc'));

const privateKey = makeKey('rsa');
const { publicKey } = makeCsr({ privateKey });
const USAGE = encodeExtension({ oid: OID.keyUsage, critical: true, value: keyUsage(['digitalSignature']) });
const KEY_IDENTIFIER = encodeExtension({
  oid: OID.subjectKeyIdentifier,
  critical: false,
  value: subjectKeyIdentifier(keyIdentifier(publicKey)),
});

function accept(...attributes: readonly Der[]): ReturnType<typeof decodeCsr> {
  const csr = decodeCsr(makeCsr({ privateKey, commonName: 'web-01', attributes }).pem);
  verifyCsr(csr, { caKeySha256: [] });
  checkRequestedExtensions(csr, PROFILES.agent);
  return csr;
}

describe('attributes that ask for nothing in a certificate are accepted', () => {
  test.each([
    { name: 'a challenge password (SCEP clients, openssl req)', attributes: [CHALLENGE] },
    {
      name: 'certreq',
      attributes: [OS_VERSION, CLIENT, extensionRequest(USAGE, KEY_IDENTIFIER), CSP],
    },
    { name: 'certreq, in another order', attributes: [extensionRequest(USAGE), CSP, CLIENT, OS_VERSION] },
  ])('$name', ({ attributes }) => {
    expect(accept(...attributes)).toMatchObject({ commonName: 'web-01', dnsNames: [] });
  });

  test('what stands beside them is still read', () => {
    const { extensions } = accept(OS_VERSION, extensionRequest(USAGE, KEY_IDENTIFIER), CSP);
    expect(extensions).toMatchObject({ keyUsage: ['digitalSignature'] });
    expect(extensions.subjectKeyIdentifier).toHaveLength(20);
  });

  test('their values are DER as all of the request is', () => {
    const twice = sequence(
      objectIdentifier(OID.challengePassword),
      element(0x31, utf8String('b'), utf8String('a')),
    );
    expect(() => accept(twice)).toThrow('The CSR is not DER: a SET is out of order');
  });

  test("the usages that certreq's templates ask for must still be the profile's", () => {
    const usage = keyUsage(['digitalSignature', 'keyEncipherment']);
    const asks = extensionRequest(encodeExtension({ oid: OID.keyUsage, critical: true, value: usage }));
    expect(() => accept(OS_VERSION, asks)).toThrow(
      'asks for keyUsage keyEncipherment, which the profile agent',
    );
  });
});
