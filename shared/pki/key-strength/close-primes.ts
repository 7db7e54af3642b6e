/** CA/Browser Forum TLS Baseline Requirements section 6.1.1.3: at least 100 rounds of Fermat's factorization. */
const ROUNDS = 100;

/**
 * Whether `n`, odd, falls apart within 100 rounds of Fermat's method: n = a^2 - b^2 for an a just above its root, as it
 * is when its two primes are close together (CVE-2022-26320), or the same.
 */
export function hasClosePrimes(n: bigint): boolean {
  const root = integerRoot(n);
  let a = root * root === n ? root : root + 1n;
  let difference = a * a - n;
  for (let round = 0; round < ROUNDS; round++) {
    if (isSquare(difference)) return true;
    difference += 2n * a + 1n;
    a += 1n;
  }
  return false;
}

/** Squares leave few remainders; three small moduli sift out all but 1 number in 60 before a root is taken. */
const SIEVE = [64, 63, 65].map((modulus) => {
  const squares = new Set(Array.from({ length: modulus }, (_, i) => (i * i) % modulus));
  return { modulus, squares };
});

/** 64 * 63 * 65: one long division serves all three. */
const SIEVE_PRODUCT = 262_080n;

function isSquare(n: bigint): boolean {
  const reduced = Number(n % SIEVE_PRODUCT);
  if (!SIEVE.every(({ modulus, squares }) => squares.has(reduced % modulus))) return false;
  const root = integerRoot(n);
  return root * root === n;
}

/** The largest integer whose square is at most `n`, by Newton's method from above. */
export function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  const bits = n.toString(16).length * 4;
  // The leading 52 bits, whose root a double gives, leave 5 steps to a root of 2,048 bits; rounding up stays above it.
  const shift = BigInt(Math.max(0, bits - 52) & ~1);
  let root = (BigInt(Math.ceil(Math.sqrt(Number(n >> shift)))) + 1n) << (shift / 2n);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
