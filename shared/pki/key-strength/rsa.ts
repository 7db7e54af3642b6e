import { checkPrimeSync, type KeyObject } from 'node:crypto';
import { RSA_BITS } from '../../domain/key-kind.ts';
import { keyRefused } from '../csr/errors.ts';
import { hasClosePrimes } from './close-primes.ts';
import { smallRemainders } from './primes.ts';
import { hasRocaFingerprint } from './roca.ts';

const MAKE_NEW =
  'Make a new key, for example: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out agent.key';

/**
 * 2^16 + 1 is the least that CA/Browser Forum TLS Baseline Requirements section 6.1.6 and FIPS 186-5 appendix A.1.1
 * advise; above 2^31 - 1 Go's crypto/rsa refuses the key, and with it Elastic Agent and Fleet Server.
 */
const EXPONENT = { min: 65_537n, max: 2_147_483_647n } as const;

/** @throws AppError `key_refused` with the rule that the key breaks. */
export function checkRsaKey(key: KeyObject): void {
  const { n, e } = key.export({ format: 'jwk' });
  const modulus = fromBase64Url(n);
  const exponent = fromBase64Url(e);
  const bits = modulus.toString(2).length;
  checkSize(bits);
  if (exponent % 2n === 0n || exponent < EXPONENT.min || exponent > EXPONENT.max) {
    throw keyRefused(`The RSA key's public exponent must be odd and from 65537 to 2147483647. ${MAKE_NEW}`);
  }
  const remainders = smallRemainders(modulus);
  const factor = remainders.find(([, remainder]) => remainder === 0);
  if (factor)
    throw keyRefused(`The RSA key's modulus is divisible by ${factor[0]}: it is broken. ${MAKE_NEW}`);
  if (hasRocaFingerprint(remainders)) {
    throw keyRefused(
      `The RSA key was made by hardware with the ROCA weakness (CVE-2017-15361) and can be broken. Make a new key in software, for example: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out agent.key`,
    );
  }
  if (hasClosePrimes(modulus)) {
    throw keyRefused(
      `The RSA key's primes are so close together that the key can be broken (CVE-2022-26320). ${MAKE_NEW}`,
    );
  }
  // The most expensive check comes last. A product of primes fails the first Miller-Rabin round (15 ms for 3,072 bits).
  // A prime takes OpenSSL all 64 or 128 rounds (BN_check_prime(3)), seconds in all: only the holder of a token gets here.
  if (checkPrimeSync(modulus, { checks: 1 })) {
    throw keyRefused(
      `The RSA key's modulus is itself a prime, so anyone can compute the private key. ${MAKE_NEW}`,
    );
  }
}

function checkSize(bits: number): void {
  if (bits < RSA_BITS.min || bits > RSA_BITS.max) {
    throw keyRefused(
      `The RSA key has ${bits} bits; it must have ${RSA_BITS.min} to ${RSA_BITS.max}. ${MAKE_NEW}`,
    );
  }
  // Odd lengths trip some clients (the same rule in Let's Encrypt's key policy).
  if (bits % 8 !== 0)
    throw keyRefused(`The RSA key has ${bits} bits, which is not a multiple of 8. ${MAKE_NEW}`);
}

function fromBase64Url(text: string | undefined): bigint {
  return BigInt(`0x${Buffer.from(text ?? '', 'base64url').toString('hex') || '0'}`);
}
