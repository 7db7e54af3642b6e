import { BitString, fromBER, Sequence } from 'asn1js';

/**
 * The contents of subjectPublicKey (RFC 5280 section 4.1.2.7), without the octet that counts unused bits.
 * @throws TypeError where `publicKey` is not a DER SubjectPublicKeyInfo.
 */
export function publicKeyBits(publicKey: Uint8Array): Uint8Array {
  const { result } = fromBER(publicKey);
  const bits = result instanceof Sequence ? result.valueBlock.value[1] : undefined;
  if (!(bits instanceof BitString)) throw new TypeError('not a SubjectPublicKeyInfo');
  return new Uint8Array(bits.valueBlock.valueHexView);
}
