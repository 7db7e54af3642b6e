import type { X509Certificate } from 'node:crypto';
import type { KitView } from '../api/views.ts';

/** The host that is looked at: its files as they were read, and what is known of its deployment. */
export interface Subject {
  readonly certificateFile: string;
  /** Leaf first. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  /** @default - there is none beside the certificate */
  readonly keyFile: string | undefined;
  /** The file with the roots. @default - there is none */
  readonly caFile: string | undefined;
  readonly roots: readonly X509Certificate[];
  /** @default - there is none beside the key */
  readonly passphraseFile: string | undefined;
  /** What the files should be. @default - not given */
  readonly kit: KitView | undefined;
  /** @default - not known */
  readonly fleetUrl: string | undefined;
  /** Of the Elastic Agent: `9.5.2`. @default - not known */
  readonly stackVersion: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Of extended key usage (RFC 5280 section 4.2.1.12). */
const USAGES = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' } as const;

/** Whether a certificate may be used as a client's or as a server's. Node calls the extended key usages `keyUsage`. */
export function isFor(certificate: X509Certificate, side: keyof typeof USAGES): boolean {
  return certificate.keyUsage?.includes(USAGES[side]) ?? false;
}

/** The issuer of each certificate of the chain that is not a root, as far as it is known. */
export function issuerOf(
  { chain, roots }: Subject,
  certificate: X509Certificate,
): X509Certificate | undefined {
  return [...chain, ...roots].find(
    (each) => each !== certificate && certificate.checkIssued(each) && certificate.verify(each.publicKey),
  );
}
