import type { TrustAnchors } from '../domain/additional-root.ts';
import type { BootstrapToken } from '../domain/bootstrap-token.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import type { Clock } from '../domain/instant.ts';
import type { RevocationUrl } from '../domain/revocation-url.ts';
import type { RandomBytes } from '../domain/serial-number.ts';
import type { TrustDomain } from '../domain/trust-domain.ts';
import type { CertificationRequest } from '../pki/csr.ts';
import type { RequestedNames } from './check-names.ts';
import type { CompletedRecord } from './complete-reservation.ts';
import type { CertifiedIssuer } from './issuers.ts';
import type { CaSigner, EnrollmentView, IssuanceStore, Pause } from './ports.ts';

/** What is known of a certificate before it is decided on. */
export type AskedCertificate = Pick<CertificateRecord, 'profile' | 'keyKind' | 'dnsNames' | 'ipAddresses'>;

/** What a caller accepted of what came with its request. */
export interface Acceptance {
  /** What to record with the certificate, without secrets; undefined where nothing was said. */
  readonly deployment: string | undefined;
}

export interface EnrollRequest<Accepted extends Acceptance = Acceptance> {
  /** `fst_<id>_<secret>`, as presented. */
  readonly token: string;
  /** PEM, or base64 of DER. */
  readonly csr: string;
  readonly name: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** From the gateway's request context. */
  readonly sourceIp: string;
  /** For the record only: callers may choose it (API Gateway takes it from `x-amzn-RequestId` where that is a UUID). */
  readonly requestId: string;
  /**
   * Accepts what else came with the request (a deployment, say), or refuses it by throwing where it does not fit the
   * certificate. Called once, when the caller is authenticated and before anything is written, so that a refusal costs no
   * use of the token.
   */
  readonly accept: (certificate: AskedCertificate) => Accepted;
}

export interface EnrollDependencies {
  readonly store: IssuanceStore;
  readonly signer: CaSigner;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly pause: Pause;
  readonly trustDomain: TrustDomain;
  /** Where revocation data are served. */
  readonly revocationUrl: RevocationUrl;
}

export interface Enrollment<Accepted extends Acceptance = Acceptance> extends TrustAnchors {
  /** ISSUED, with its certificate. */
  readonly record: CompletedRecord;
  /** True for the request that reserved it; false for every repetition. */
  readonly created: boolean;
  readonly issuer: CertifiedIssuer;
  /** What `accept` returned. */
  readonly accepted: Accepted;
  /** Why the deployment could not be recorded; the certificate is none the worse, and a repetition tries again. */
  readonly unrecorded?: unknown;
}

/** A request as it was read, with what all its steps work with. */
export interface Enrolling extends EnrollDependencies {
  readonly request: EnrollRequest;
  readonly presented: { readonly id: string; readonly secret: string };
  readonly csr: CertificationRequest;
  readonly names: RequestedNames;
  /** The name under which it owns signing leases: drawn, so that no two requests share it, or one by intent. */
  readonly owner: string;
}

/** What was read for a request whose token is good. */
export type AuthorizedView = EnrollmentView & { readonly token: BootstrapToken };
