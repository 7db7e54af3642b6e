import { toRfc3339 } from '../domain/instant.ts';
import { toDecimal } from '../domain/serial-number.ts';
import { withoutUndefined } from '../domain/without-undefined.ts';
import { activation } from '../elastic/activation.ts';
import { lowerCaseNotes } from '../elastic/kit/lower-case-note.ts';
import { renderKit } from '../elastic/render-kit.ts';
import { certificatePem } from '../issuance/certificate-pem.ts';
import type { Enrollment } from '../issuance/enrollment.ts';
import { trustBundle } from '../issuance/trust-bundle.ts';
import type { Renewal } from '../rotation/renew.ts';
import { renewalWindow } from '../rotation/renewal-window.ts';
import type { AcceptedDeployment } from './accept-deployment.ts';

/** What an answer contains of the service that renders it. */
export interface Surroundings {
  /** Base URL of the revocation data. */
  readonly revocationUrl?: string | undefined;
  /** The URL of a path of the API. */
  readonly urlOf: (path: `/${string}`) => string;
}

/** What {@link renderIssued} returns. */
export type Issued = ReturnType<typeof renderIssued>;

/**
 * The answer to an enrollment or a renewal. Everything in it is rendered from the stored record, so that a repetition gets
 * the same; only the kit follows this request: its deployment, and the name as it was asked for.
 */
export function renderIssued(
  {
    record,
    issuer,
    accepted,
    trustChanged = false,
    ...anchors
  }: Enrollment<AcceptedDeployment> & Partial<Pick<Renewal, 'trustChanged'>>,
  { revocationUrl, urlOf }: Surroundings,
  askedName: string,
) {
  // Replacements are not read: what is new is later than any, and the URL tells of those that came since.
  const window = renewalWindow(record, { issuer, replacements: [] });
  const bundle = trustBundle(anchors);
  const certificate = certificatePem({ record, issuer, roots: anchors.roots, bundle });
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
    renewal: {
      from: toRfc3339(window.start),
      until: toRfc3339(window.end),
      url: urlOf(`/renewal/${record.serialNumber}`),
    },
    activation: activation({ profile, deployment, kit, trustChanged }),
    kit,
  });
}
