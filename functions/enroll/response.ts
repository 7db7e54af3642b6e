import { toRfc3339 } from '../../shared/domain/instant.ts';
import { toDecimal } from '../../shared/domain/serial-number.ts';
import { renewalWindow } from '../../shared/domain/validity.ts';
import { withoutUndefined } from '../../shared/domain/without-undefined.ts';
import { activation } from '../../shared/elastic/activation.ts';
import { renderKit } from '../../shared/elastic/kit.ts';
import { lowerCaseNotes } from '../../shared/elastic/lower-case-note.ts';
import { certificatePem } from '../../shared/issuance/certificate-pem.ts';
import type { Enrollment } from '../../shared/issuance/enrollment.ts';
import { trustBundle } from '../../shared/issuance/trust-bundle.ts';
import type { AcceptedDeployment } from './request.ts';

/** What a kit contains of the service that renders it. */
export interface KitSurroundings {
  /** PEM certificates; may be empty. */
  readonly additionalRoots: string;
  /** Base URL of the revocation data. */
  readonly revocationUrl?: string | undefined;
}

/**
 * The answer to an enrollment. Everything in it is rendered from the stored record, so that a repetition gets the same;
 * only the kit follows this request: its deployment, and the name as it was asked for.
 */
export function renderEnrollment(
  { record, issuer, roots, accepted }: Enrollment<AcceptedDeployment>,
  { additionalRoots, revocationUrl }: KitSurroundings,
  askedName: string,
) {
  const window = renewalWindow(record.validity);
  const bundle = trustBundle(roots, additionalRoots);
  const certificate = certificatePem({ record, issuer, bundle });
  const { profile } = record;
  const deployment = accepted.resolved;
  const rendered = deployment && renderKit({ deployment, certificate, revocationUrl });
  const kit = rendered && {
    ...rendered,
    notes: [...lowerCaseNotes(askedName, record.name), ...rendered.notes],
  };
  return withoutUndefined({
    serialNumber: record.serialNumber,
    serialNumberDecimal: toDecimal(record.serialNumber),
    profile,
    name: record.name,
    dnsNames: record.dnsNames,
    ipAddresses: record.ipAddresses,
    issuer: record.issuerId,
    notBefore: toRfc3339(record.validity.notBefore),
    notAfter: toRfc3339(record.validity.notAfter),
    certificate: certificate.certificatePem,
    chain: certificate.chainPem,
    caBundle: bundle.pem,
    trustSha256: bundle.sha256,
    renewal: { from: toRfc3339(window.from), until: toRfc3339(window.until) },
    activation: activation({ profile, deployment, kit }),
    kit,
  });
}
