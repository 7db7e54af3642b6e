import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import type { Acceptance, AskedCertificate } from '../issuance/enrollment.ts';
import type { CaSigner, Pause } from '../issuance/ports.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import type { RenewalStore } from './ports.ts';
import type { PresentedCertificate } from './presented-certificate.ts';

export interface RenewalDependencies {
  readonly store: RenewalStore;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly pause: Pause;
  readonly trustDomain: TrustDomain;
  /** Where revocation data are served. */
  readonly revocationUrl: RevocationUrl;
  /** How long after its expiry a certificate may still be renewed; 0 or more. */
  readonly graceSeconds: number;
}

export interface RenewalRequest<Accepted extends Acceptance = Acceptance>
  extends Partial<Pick<CertificateRecord, 'trustSha256' | 'fleetAgentId'>> {
  readonly presented: PresentedCertificate;
  /** Of the new key: PEM, or base64 of DER. */
  readonly csr: string;
  /** Where in the request the CSR is, as a JSON pointer: `#/cms`, `#/jws`. */
  readonly csrPointer: string;
  /** From the gateway's request context. */
  readonly sourceIp: string;
  /** For the record only: callers may choose it. */
  readonly requestId: string;
  /**
   * Accepts what else came with the request (a deployment, say), or refuses it by throwing where it does not fit the
   * certificate. Called once, when the caller is authenticated and before anything is written.
   */
  readonly accept: (certificate: AskedCertificate) => Accepted;
}

/** A request as it was read, with what all its steps work with. */
export interface Renewing extends RenewalDependencies {
  readonly request: Omit<RenewalRequest, 'accept'>;
  readonly csr: CertificationRequest;
  /** The name under which it owns signing leases. */
  readonly owner: string;
}
