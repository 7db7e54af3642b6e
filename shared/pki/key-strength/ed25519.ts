import { keyRefused } from '../csr/errors.ts';

/**
 * The y coordinates, as 32 octets in hex with the sign bit cleared, of the eight points of small order, and of the
 * encodings of them that are not reduced modulo p. With such a key anyone can make signatures that verify
 * (RFC 8032 section 8.9 leaves the check to the application).
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);

/**
 * @param bits the contents of subjectPublicKey.
 * @throws AppError `key_refused` unless they are 32 octets and no point of small order.
 */
export function checkEd25519Key(bits: Uint8Array): void {
  const y = Uint8Array.from(bits);
  if (y.length === 32) y[31] = (y[31] ?? 0) & 0x7f;
  if (y.length !== 32 || SMALL_ORDER.has(Buffer.from(y).toString('hex'))) {
    throw keyRefused(
      'The Ed25519 key is no usable public key. Make a new one, for example: openssl genpkey -algorithm ED25519 -out agent.key',
    );
  }
}
