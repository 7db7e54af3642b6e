import { fromBER, Integer, Sequence } from 'asn1js';
import type { KeyKind } from '../../domain/key-kind.ts';
import { checkStrictDer } from '../der/check-strict.ts';
import { childrenOf } from '../der/children.ts';
import { sequence, unsignedInteger } from '../der/write.ts';
import { keyRefused, malformedCsr } from './errors.ts';

/**
 * Checks the form of a public key inside its BIT STRING: one key, one form.
 * @param bits the contents of subjectPublicKey.
 * @throws AppError `malformed_csr` for an RSA key that is not DER; `key_refused` for a point or an Ed25519 key of
 * another form.
 */
export function checkKeyForm(bits: Uint8Array, kind: KeyKind): void {
  if (kind === 'rsa') checkRsaForm(bits);
  else if (kind === 'ed25519') checkEd25519Form(bits);
  else checkPointForm(bits, kind);
}

/** RSAPublicKey (RFC 8017 appendix A.1.1): modulus and exponent, both positive. */
function checkRsaForm(bits: Uint8Array): void {
  const problem = checkStrictDer(bits);
  if (problem !== undefined) throw malformedCsr(`The RSA key in the CSR is not DER: ${problem}.`);
  if (Buffer.compare(bits, rewrite(bits)) !== 0)
    throw malformedCsr(
      'The RSA key in the CSR is not an RSAPublicKey of two positive numbers (RFC 8017 appendix A.1.1).',
    );
}

/** The SEQUENCE of the numbers in `bits`, read as positive; of none where it is something else. */
function rewrite(bits: Uint8Array): Uint8Array {
  const { result } = fromBER(bits);
  const items = result instanceof Sequence ? childrenOf(result) : [];
  const numbers = items.filter((item) => item instanceof Integer);
  return sequence(...numbers.slice(0, 2).map(({ valueBlock }) => unsignedInteger(valueBlock.valueHexView)));
}

/** Octets of one coordinate. */
const COORDINATE = { p256: 32, p384: 48, p521: 66 } as const;

/**
 * Only the uncompressed form `04 x y` (RFC 5480 section 2.2): support of compressed points is optional. That the point
 * lies on the curve is proven by node:crypto, which reads no other.
 */
function checkPointForm(bits: Uint8Array, kind: keyof typeof COORDINATE): void {
  if (bits[0] === 2 || bits[0] === 3) {
    throw keyRefused(
      'The key is a compressed point; write it uncompressed, for example: openssl ec -in agent.key -conv_form uncompressed -out agent.key',
    );
  }
  if (bits[0] !== 4 || bits.length !== 1 + 2 * COORDINATE[kind]) {
    throw keyRefused(
      `The key is not an uncompressed point of its curve ${kind}. Make a new one, for example: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out agent.key`,
    );
  }
}

/** 2^255 - 19 (RFC 8032 section 5.1). */
const P = (1n << 255n) - 19n;

/** A y coordinate below the prime, as 32 octets, the least significant first; the highest bit is the sign of x (RFC 8032 section 5.1.2). */
function checkEd25519Form(bits: Uint8Array): void {
  const y = Buffer.from(bits).reverse();
  y[0] = (y[0] ?? 0) & 0x7f;
  if (bits.length !== 32 || BigInt(`0x${y.toString('hex')}`) >= P) {
    throw keyRefused(
      'The Ed25519 key is not a usable public key: it must be 32 octets that encode a number below 2^255 - 19. Make a new one, for example: openssl genpkey -algorithm ED25519 -out agent.key',
    );
  }
}
