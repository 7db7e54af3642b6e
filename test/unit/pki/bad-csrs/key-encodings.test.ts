import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import {
  bitString,
  contextConstructed,
  type Der,
  element,
  NULL,
  objectIdentifier,
  sequence,
  unsignedInteger,
} from '../../../../shared/pki/der/write.ts';
import { OID } from '../../../../shared/pki/oids.ts';
import { makeKey, nameOf, signRequest } from '../../../support/csr.ts';
import { outcome, pem, VERSION } from './requests.ts';

/** A request with this SubjectPublicKeyInfo, well signed with the key: its proof of possession holds. */
function request(spki: Der, key: KeyObject): string {
  return pem(signRequest(sequence(VERSION, nameOf('web-01'), spki, contextConstructed(0)), key));
}

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' });
}

/** The last `octets` of a key's SubjectPublicKeyInfo: an elliptic curve's point, an Ed25519 key. */
function tail(key: KeyObject, octets: number): Buffer {
  return spkiOf(key).subarray(-octets);
}

const rsa = makeKey('rsa');
const { n = '', e = '' } = createPublicKey(rsa).export({ format: 'jwk' });
const [modulus, exponent] = [Buffer.from(n, 'base64url'), Buffer.from(e, 'base64url')];
const MODULUS = unsignedInteger(modulus);
const EXPONENT = unsignedInteger(exponent);
const RSA_IDENTIFIER = sequence(objectIdentifier(OID.rsaEncryption), NULL);
const withRsa = (...bits: readonly Uint8Array[]) =>
  request(sequence(RSA_IDENTIFIER, bitString(Buffer.concat(bits))), rsa);

const zero = Uint8Array.of(0);
const contents = Buffer.concat([MODULUS, EXPONENT]);
const paddedLength = Buffer.concat([
  Uint8Array.of(0x30, 0x83, 0, contents.length >> 8, contents.length & 0xff),
  contents,
]);

const RSA = [
  { name: 'a length with a leading zero', csr: withRsa(paddedLength), words: 'not in its shortest form' },
  {
    name: 'an indefinite length',
    csr: withRsa(Uint8Array.of(0x30, 0x80), contents, Uint8Array.of(0, 0)),
    words: 'an indefinite length is used',
  },
  {
    name: 'a modulus with a leading zero',
    csr: withRsa(sequence(element(2, zero, zero, modulus), EXPONENT)),
    words: 'an INTEGER is not in its shortest form',
  },
  {
    name: 'an exponent with a leading zero',
    csr: withRsa(sequence(MODULUS, element(2, zero, exponent))),
    words: 'an INTEGER is not in its shortest form',
  },
  {
    name: 'octets behind it',
    csr: withRsa(sequence(MODULUS, EXPONENT), zero),
    words: '1 bytes follow the end of the structure',
  },
  {
    name: 'a third number',
    csr: withRsa(sequence(MODULUS, EXPONENT, EXPONENT)),
    words: 'not an RSAPublicKey of two positive numbers',
  },
  {
    name: 'a negative modulus',
    csr: withRsa(sequence(element(2, modulus), EXPONENT)),
    words: 'not an RSAPublicKey of two positive numbers',
  },
  {
    name: 'a negative exponent',
    csr: withRsa(sequence(MODULUS, element(2, Uint8Array.of(0x81, 0, 1)))),
    words: 'not an RSAPublicKey of two positive numbers',
  },
  { name: 'nothing in it', csr: withRsa(), words: 'an element is cut off' },
  { name: 'no sequence', csr: withRsa(MODULUS), words: 'not an RSAPublicKey of two positive numbers' },
];

/** A key whose encoded form ends with a zero bit, so that it can be said to be unused. */
function evenKey(kind: KeyKind): KeyObject {
  for (;;) {
    const key = makeKey(kind);
    if (((spkiOf(key).at(-1) ?? 1) & 1) === 0) return key;
  }
}

/** The same key, with its last bit marked as unused. */
function withUnusedBit(key: KeyObject, bits: number): string {
  const spki = Buffer.from(spkiOf(key));
  spki[spki.length - bits - 1] = 1;
  return request(spki, key);
}

const p256 = makeKey('p256');
const POINT = tail(p256, 65);
const CURVE = objectIdentifier(OID.secp256r1);
const withEc = (parameters: readonly Der[], point: Uint8Array) =>
  request(sequence(sequence(objectIdentifier(OID.ecPublicKey), ...parameters), bitString(point)), p256);
const parity = (POINT.at(-1) ?? 0) & 1;

const ed25519 = makeKey('ed25519');
const withEd25519 = (bits: Uint8Array, ...parameters: readonly Der[]) =>
  request(sequence(sequence(objectIdentifier(OID.ed25519), ...parameters), bitString(bits)), ed25519);

describe('keys that are not DER inside their BIT STRING: malformed_csr', () => {
  test.each([
    ...RSA,
    {
      name: 'an unused bit behind a point',
      csr: withUnusedBit(evenKey('p256'), 65),
      words: 'The BIT STRING of the key in the CSR has unused bits',
    },
    {
      name: 'an unused bit behind an Ed25519 key',
      csr: withUnusedBit(evenKey('ed25519'), 32),
      words: 'The BIT STRING of the key in the CSR has unused bits',
    },
    {
      name: 'parameters behind the curve',
      csr: withEc([CURVE, NULL], POINT),
      words: 'not a PKCS #10 certification request',
    },
  ])('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'malformed_csr', message: expect.stringContaining(words) });
  });
});

describe('keys in a form other than the one that names them: key_refused', () => {
  test.each([
    {
      name: 'a compressed point',
      csr: withEc([CURVE], Buffer.concat([Uint8Array.of(2 + parity), POINT.subarray(1, 33)])),
      words: 'The key is a compressed point',
    },
    {
      name: 'a hybrid point',
      csr: withEc([CURVE], Buffer.concat([Uint8Array.of(6 + parity), POINT.subarray(1)])),
      words: 'not an uncompressed point of its curve p256',
    },
    {
      name: 'an octet behind a point',
      csr: withEc([CURVE], Buffer.concat([POINT, zero])),
      words: 'not an uncompressed point of its curve p256',
    },
    { name: 'a curve that is not named', csr: withEc([], POINT), words: 'does not name its curve' },
    { name: 'NULL for a curve', csr: withEc([NULL], POINT), words: 'does not name its curve' },
    {
      name: 'explicit parameters',
      csr: withEc([sequence(unsignedInteger(Uint8Array.of(1)))], POINT),
      words: 'explicit parameters',
    },
    {
      name: 'Ed25519 with NULL',
      csr: withEd25519(tail(ed25519, 32), NULL),
      words: "parameters of the key's algorithm ed25519",
    },
    {
      name: 'Ed25519 of 31 octets',
      csr: withEd25519(tail(ed25519, 31)),
      words: 'Ed25519 key is not a usable public key',
    },
    {
      name: 'Ed25519 of 33 octets',
      csr: withEd25519(Buffer.concat([tail(ed25519, 32), zero])),
      words: 'Ed25519 key is not a usable public key',
    },
    ...['ed', 'ee', 'f0'].flatMap((first) =>
      ['7f', 'ff'].map((last) => ({
        name: `an Ed25519 coordinate that is not below the prime: ${first}...${last}`,
        csr: withEd25519(Buffer.from(`${first}${'ff'.repeat(30)}${last}`, 'hex')),
        words: 'Ed25519 key is not a usable public key',
      })),
    ),
  ])('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'key_refused', message: expect.stringContaining(words) });
  });
});

describe('proofs of possession in another form: csr_refused or malformed_csr', () => {
  const info = sequence(VERSION, nameOf('web-01'), spkiOf(p256), contextConstructed(0));
  const ALGORITHM = sequence(objectIdentifier(OID.ecdsaWithSHA256));
  /** SEQUENCE of r and s (RFC 3279 section 2.2.3). */
  const value = sign('sha256', info, p256);
  const inner = value.subarray(2);
  const integer = (at: number) => inner.subarray(at, at + 2 + (inner[at + 1] ?? 0));
  const [r, s] = [integer(0), integer(2 + (inner[1] ?? 0))];
  const padded = (number: Uint8Array) => element(2, zero, number.subarray(2));
  const withValue = (signature: Uint8Array, unused = 0) =>
    pem(sequence(info, ALGORITHM, element(3, Uint8Array.of(unused), signature)));

  test('the proof that they are made of is good', () => {
    expect(outcome(withValue(value)).code).toBe('accepted');
  });

  test.each([
    { name: 'a longer length', signature: Buffer.concat([Uint8Array.of(0x30, 0x81, inner.length), inner]) },
    {
      name: 'an indefinite length',
      signature: Buffer.concat([Uint8Array.of(0x30, 0x80), inner, zero, zero]),
    },
    { name: 'a leading zero of r', signature: sequence(padded(r), s) },
    { name: 'a leading zero of s', signature: sequence(r, padded(s)) },
    { name: 'a third number', signature: sequence(r, s, s) },
    { name: 'octets behind it', signature: Buffer.concat([value, zero]) },
  ])('$name', ({ signature }) => {
    expect(outcome(withValue(signature)).code).toBe('csr_refused');
  });

  test('unused bits of the BIT STRING', () => {
    const even = Buffer.from(value);
    even[even.length - 1] = (even.at(-1) ?? 0) & 0xfe;
    expect(outcome(withValue(even, 1)).code).toBe('malformed_csr');
  });
});
