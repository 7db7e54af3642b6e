/**
 * ROCA (CVE-2017-15361): Infineon's library made primes of the form k * M + (65537^a mod M), M being the product of
 * the first 126 primes for keys of 2048 to 3936 bits, of more for longer ones. So modulo each of the primes up to 701
 * the modulus is a power of 65537; a sound modulus passes for all of them about once in 2^169.
 * Source: Nemec et al., "The Return of Coppersmith's Attack", ACM CCS 2017, sections 2.1 and 3.
 */
const LAST_PRIME = 701;

const POWERS = new Map<number, ReadonlySet<number>>();

function powersOf65537(prime: number): ReadonlySet<number> {
  const known = POWERS.get(prime);
  if (known) return known;
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65537) % prime) powers.add(power);
  POWERS.set(prime, powers);
  return powers;
}

/** Whether a modulus with these remainders has ROCA's fingerprint. */
export function hasRocaFingerprint(remainders: readonly (readonly [number, number])[]): boolean {
  return remainders.every(
    ([prime, remainder]) => prime === 2 || prime > LAST_PRIME || powersOf65537(prime).has(remainder),
  );
}
