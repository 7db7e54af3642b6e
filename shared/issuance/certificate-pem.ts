import type { Root } from '../domain/authority.ts';
import type { CertificateRecord } from '../domain/certificate-record.ts';
import { crossCertificates } from '../domain/root-states.ts';
import { toPem } from '../pki/pem.ts';
import type { CertifiedIssuer } from './issuers.ts';
import type { TrustBundle } from './trust-bundle.ts';

/** An issued certificate and what verifies it. */
export interface Certified {
  readonly record: CertificateRecord & { readonly certificate: Uint8Array };
  readonly issuer: CertifiedIssuer;
  /** Of the authority. */
  readonly roots: readonly Root[];
  readonly bundle: TrustBundle;
}

/**
 * The certificate as hosts use it: PEM of the leaf, of its issuers without the root, and of the roots. While an older root is
 * trusted too, the issuers end with the cross-certificate, for verifiers that do not yet know the newer root.
 */
export function certificatePem({ record, issuer, roots, bundle }: Certified) {
  const { certificate, chain: above = [], rootId } = issuer;
  const chain = [certificate, ...above, ...crossCertificates(roots, rootId)];
  const { name, dnsNames, ipAddresses, keyKind } = record;
  return {
    name,
    dnsNames,
    ipAddresses,
    keyKind,
    certificatePem: toPem('CERTIFICATE', record.certificate),
    chainPem: chain.map((certificate) => toPem('CERTIFICATE', certificate)),
    caBundlePem: bundle.pem,
  };
}
