import type { KeyKind } from '../../domain/key-kind.ts';
import { keyRefused } from '../csr/errors.ts';

/** Octets of one coordinate. */
const COORDINATE: Partial<Record<KeyKind, number>> = { p256: 32, p384: 48, p521: 66 };

/**
 * Refuses points that are not in the uncompressed form `04 x y` (RFC 5480 section 2.2): compressed points are optional
 * to support, and two encodings of one key would be two keys to everyone who compares hashes. That the point lies on
 * the curve is proven by node:crypto, which reads no other.
 * @param bits the contents of subjectPublicKey.
 * @throws AppError `key_refused`.
 */
export function checkEcPoint(bits: Uint8Array, kind: KeyKind): void {
  if (bits[0] === 2 || bits[0] === 3) {
    throw keyRefused(
      'The key holds a compressed point; write it uncompressed, for example: openssl ec -in agent.key -conv_form uncompressed -out agent.key',
    );
  }
  if (bits[0] !== 4 || bits.length !== 1 + 2 * (COORDINATE[kind] ?? 0)) {
    throw keyRefused(
      `The key is no point of its curve ${kind}. Make a new one, for example: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out agent.key`,
    );
  }
}
