import { contentsOf, ofTag, readChildren, readWhole } from './der/read.ts';

/** Identifier octets of a SEQUENCE and a BIT STRING. */
const [SEQUENCE, BIT_STRING] = [0x30, 0x03];

/**
 * The contents of subjectPublicKey (RFC 5280 section 4.1.2.7), without the octet that counts unused bits.
 * @throws TypeError where `publicKey` is not a DER SubjectPublicKeyInfo.
 */
export function publicKeyBits(publicKey: Uint8Array): Uint8Array {
  const [, bits] = readChildren(readWhole(publicKey, SEQUENCE));
  return contentsOf(ofTag(bits, BIT_STRING)).subarray(1);
}
