import type { CaKeySpec } from './authority.ts';
import type { Instant } from './instant.ts';
import type { CaHashes, CertIdHash } from './ocsp.ts';
import type { Validity } from './validity.ts';

/**
 * What signs OCSP responses for a CA, as recorded: a certificate of the responder's key that the CA issued. Each CA has a
 * row of them, since they live shortly.
 */
export interface Responder {
  /** The CA whose certificates it answers for: a root or an issuer. */
  readonly caId: string;
  /** 1 for the first of the CA; each that follows takes the next number. */
  readonly sequence: number;
  /** RESERVED until its certificate is signed: the record comes before the signature. */
  readonly state: 'RESERVED' | 'ISSUED';
  /** Hex. */
  readonly serialNumber: string;
  readonly validity: Validity;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly keySpec: CaKeySpec;
  /** How requests name the CA: recorded, so that nothing that answers has to read certificates. */
  readonly caHashes: Readonly<Record<CertIdHash, CaHashes>>;
  readonly tbsSha256: string;
  /** DER; absent while RESERVED. */
  readonly certificate?: Uint8Array;
  readonly createdAt: Instant;
}
