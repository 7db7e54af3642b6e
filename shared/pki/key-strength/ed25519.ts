import { keyRefused } from '../csr/errors.ts';

/**
 * The y coordinates, as 32 octets in hex with the sign bit cleared, of the eight points of small order. With such a key
 * anyone can make signatures that verify (RFC 8032 section 8.9 leaves the check to the application).
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
]);

/**
 * @param bits the contents of subjectPublicKey: 32 octets.
 * @throws AppError `key_refused` where they are a point of small order.
 */
export function checkEd25519Key(bits: Uint8Array): void {
  const y = Buffer.from(bits);
  y[31] = (y[31] ?? 0) & 0x7f;
  if (SMALL_ORDER.has(y.toString('hex'))) {
    throw keyRefused(
      'The Ed25519 key is not a usable public key: its point has a small order (RFC 8032 section 8.9). Make a new one, for example: openssl genpkey -algorithm ED25519 -out agent.key',
    );
  }
}
