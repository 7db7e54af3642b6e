import type { Clock } from '../../shared/domain/instant.ts';
import { checkDeployment } from '../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../shared/elastic/deployment/deployment.ts';
import type { DeploymentSubject } from '../../shared/elastic/deployment/subject.ts';
import type { Kit } from '../../shared/elastic/kit/kit.ts';
import { renderKitToCome } from '../../shared/elastic/kit-to-come.ts';
import { renderKit } from '../../shared/elastic/render-kit.ts';
import { certificatePem } from '../../shared/issuance/certificate-pem.ts';
import type { FoundForKit, KitSubject } from '../../shared/issuance/read-for-kit.ts';

/**
 * The answer to `POST /v1/kits`.
 *
 * @param service - with the base URL of the revocation data
 * @throws AppError `deployment_refused` naming every rule that the deployment breaks.
 */
export function renderKitAnswer(
  { certified, bundle }: FoundForKit,
  { profile, name, keyKind = 'rsa' }: KitSubject,
  asked: Deployment,
  { clock, revocationUrl }: { readonly clock: Clock; readonly revocationUrl: string },
): Kit {
  const { record } = certified ?? {};
  const { dnsNames, ipAddresses } = record ?? {};
  const subject: DeploymentSubject = {
    profile,
    keyKind: record?.keyKind ?? keyKind,
    dnsNames,
    ipAddresses,
    request: 'kit',
    now: clock(),
  };
  const deployment = checkDeployment(asked, subject);
  if (certified === undefined)
    return renderKitToCome(deployment, { name, caBundlePem: bundle.pem }, revocationUrl);
  return renderKit({ deployment, certificate: certificatePem(certified), revocationUrl });
}
