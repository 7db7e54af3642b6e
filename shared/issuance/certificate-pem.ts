import type { CertificateRecord } from '../domain/certificate-record.ts';
import { toPem } from '../pki/pem.ts';
import type { CertifiedIssuer } from './issuers.ts';
import type { TrustBundle } from './trust-bundle.ts';

/** An issued certificate and what verifies it. */
export interface Certified {
  readonly record: CertificateRecord & { readonly certificate: Uint8Array };
  readonly issuer: CertifiedIssuer;
  readonly bundle: TrustBundle;
}

/** The certificate as hosts use it: PEM of the leaf, of its issuers without the root, and of the roots. */
export function certificatePem({ record, issuer, bundle }: Certified) {
  const { name, dnsNames, keyKind } = record;
  return {
    name,
    dnsNames,
    keyKind,
    certificatePem: toPem('CERTIFICATE', record.certificate),
    chainPem: [toPem('CERTIFICATE', issuer.certificate)],
    caBundlePem: bundle.pem,
  };
}
