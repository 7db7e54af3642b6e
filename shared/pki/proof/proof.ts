import type { CertificateRecord } from '../../domain/certificate-record.ts';
import type { SerialNumber } from '../../domain/serial-number.ts';

/*
 * Proof of possession: a statement that the holder of a certificate signs with the certificate's key. It comes in two
 * forms, CMS SignedData (RFC 5652) and compact JWS (RFC 7515), which `readCms` and `readJws` read alike.
 *
 * A proof is read without trust: certificates and names in it say at most which record it is about, and only the key of
 * that record decides whether it is genuine (`isMadeBy`).
 *
 * What a statement looks like belongs to its purpose, in a file of its own beside this one, and no two purposes share a
 * form: a proof for one is not a proof for another (`revocation-proof.ts` says how).
 */

/** A proof as it was sent, in one of its two forms. */
export type SentProof = { readonly cms: string } | { readonly jws: string };

/** What is recorded of a certificate whose holder is to have made a proof. */
export type Holder = Pick<CertificateRecord, 'publicKey' | 'keyKind' | 'certificate'>;

/** A signed statement that was read, and not yet verified: anybody may have made it. */
export interface Proof {
  /** The statement: contents of the CMS, payload of the JWS. */
  readonly content: Uint8Array;
  /** Whether the certificate's own key signed the statement. */
  isMadeBy(holder: Holder): Promise<boolean>;
}

/** What a record is found by; the thumbprint is the hex SHA-256 of the certificate's DER. */
export type CertificateReference = { readonly serialNumber: SerialNumber } | { readonly thumbprint: string };
