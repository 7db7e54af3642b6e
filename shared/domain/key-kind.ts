/** The kinds of public key that a leaf certificate may hold. */
export const KEY_KINDS = ['rsa', 'p256', 'p384', 'p521', 'ed25519'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** RSA modulus bounds in bits: shorter is weak, longer costs every verifier time and buys nothing until 2050. */
export const RSA_BITS = { min: 2048, max: 4096 } as const;
