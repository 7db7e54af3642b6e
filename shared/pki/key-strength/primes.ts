/** The primes up to `limit`, in order. */
function primesUpTo(limit: number): readonly number[] {
  const primes: number[] = [];
  for (let n = 2; n <= limit; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return primes;
}

/** No sound RSA modulus has a factor below 752 (CA/Browser Forum TLS Baseline Requirements section 6.1.6). */
const PRIMES = primesUpTo(751);
const PRODUCT = PRIMES.reduce((product, prime) => product * BigInt(prime), 1n);

/** The remainder of `n` by each prime up to 751, as [prime, remainder]. */
export function smallRemainders(n: bigint): readonly (readonly [prime: number, remainder: number])[] {
  // One long division first, so that the many short ones have a number of fixed size.
  const reduced = n % PRODUCT;
  return PRIMES.map((prime) => [prime, Number(reduced % BigInt(prime))] as const);
}
