import { checkDeployment, type Deployment } from '../../shared/elastic/deployment.ts';
import { type Kit, renderKit } from '../../shared/elastic/kit.ts';
import { renderKitToCome } from '../../shared/elastic/kit-to-come.ts';
import type { FoundForKit, KitSubject } from '../../shared/issuance/read-for-kit.ts';
import { toPem } from '../../shared/pki/pem.ts';

/**
 * The answer to `POST /v1/kits`.
 *
 * @throws AppError `deployment_refused` naming every rule that the deployment breaks.
 */
export function renderKitAnswer(
  { certified, bundle }: FoundForKit,
  { profile, name, keyKind = 'rsa' }: KitSubject,
  asked: Deployment,
): Kit {
  const { dnsNames } = certified?.record ?? {};
  const subject = { profile, keyKind: certified?.record.keyKind ?? keyKind, dnsNames };
  const deployment = checkDeployment(asked, subject);
  if (certified === undefined) return renderKitToCome(deployment, { name, caBundlePem: bundle.pem });
  const certificate = {
    name,
    dnsNames,
    keyKind: subject.keyKind,
    certificatePem: toPem('CERTIFICATE', certified.record.certificate),
    chainPem: [toPem('CERTIFICATE', certified.issuer.certificate)],
    caBundlePem: bundle.pem,
  };
  return renderKit({ deployment, certificate });
}
