/** The kinds of public key that a leaf certificate may hold. */
export type KeyKind = 'rsa' | 'p256' | 'p384' | 'p521' | 'ed25519';

/** RSA modulus bounds in bits: shorter is weak, longer costs every verifier time and buys nothing until 2050. */
export const RSA_BITS = { min: 2048, max: 4096 } as const;
