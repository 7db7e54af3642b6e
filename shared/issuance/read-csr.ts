import { type CertificationRequest, decodeCsr } from '../pki/csr.ts';

/**
 * A CSR, or why it cannot be read. The store is asked with its key, so it is read first, and what is wrong with it is
 * held back until the caller is known: other callers learn nothing about what they sent.
 */
export type CsrReading =
  | { readonly csr: CertificationRequest }
  | { readonly csr: undefined; readonly refusal: unknown };

export function readCsr(text: string): CsrReading {
  try {
    return { csr: decodeCsr(text) };
  } catch (refusal) {
    return { csr: undefined, refusal };
  }
}

/** In the place of a key that could not be read: no key has this hash. */
export const NO_KEY = { publicKeySha256: '0'.repeat(64) };
