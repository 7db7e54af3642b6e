import { describe, expect, test } from '@jest/globals';
import {
  bitString,
  type Der,
  objectIdentifier,
  sequence,
  unsignedInteger,
} from '../../../../shared/pki/der/write.ts';
import { OID } from '../../../../shared/pki/oids.ts';
import { changed, outcome, POINT, type Row, withKey } from './requests.ts';

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
    words: 'not an uncompressed point of its curve p256',
  },
  {
    name: 'a compressed point',
    csr: withKey(
      sequence(EC_IDENTIFIER, bitString(changed(POINT.subarray(0, 33), 0, 2 + ((POINT.at(-1) ?? 0) & 1)))),
    ),
    words: 'compressed point',
  },
];

describe('keys that are not allowed: key_refused', () => {
  test.each(KEYS)('$name', ({ csr, words }) => {
    expect(outcome(csr)).toEqual({ code: 'key_refused', message: expect.stringContaining(words) });
  });
});
