import { createHash } from 'node:crypto';
import { publicKeyBits } from './public-key-bits.ts';

/**
 * Subject key identifier: SHA-1 of the key bits (RFC 5280 section 4.2.1.2 method 1), 20 octets. It finds keys and
 * protects nothing, so SHA-1 does no harm; it is what openssl, keytool and .NET put into requests, so that what they
 * ask for is what they get (the methods of RFC 7093 would refuse them).
 */
export function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  return createHash('sha1').update(publicKeyBits(publicKey)).digest();
}
