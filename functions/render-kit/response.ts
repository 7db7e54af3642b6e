import { type DeliveredKit, kitOfCertificate } from '../../shared/delivery/script-subject.ts';
import type { Clock } from '../../shared/domain/instant.ts';
import type { ProfileName } from '../../shared/domain/profile.ts';
import { checkDeployment } from '../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../shared/elastic/deployment/deployment.ts';
import type { DeploymentSubject } from '../../shared/elastic/deployment/subject.ts';
import { renderKitToCome } from '../../shared/elastic/kit-to-come.ts';
import { renderKit } from '../../shared/elastic/render-kit.ts';
import { certificatePem } from '../../shared/issuance/certificate-pem.ts';
import { checkProfileNames } from '../../shared/issuance/profile-names.ts';
import type { FoundForKit, KitSubject } from '../../shared/issuance/read-for-kit.ts';

/**
 * Renders the kit that `POST /v1/kits` returns.
 *
 * @param service - with the base URL of the revocation data
 * @throws AppError `deployment_refused` naming every rule that the deployment breaks.
 */
export function renderKitAnswer(
  { certified, bundle }: FoundForKit,
  { profile, name, keyKind = 'rsa', ...asked }: KitSubject,
  sent: Deployment,
  { clock, revocationUrl }: { readonly clock: Clock; readonly revocationUrl: string },
): DeliveredKit {
  const { record } = certified ?? {};
  const { dnsNames, ipAddresses } = record ?? namesToCome(profile, asked);
  const subject: DeploymentSubject = {
    profile,
    keyKind: record?.keyKind ?? keyKind,
    dnsNames,
    ipAddresses,
    request: record === undefined ? 'kit-to-come' : 'kit',
    now: clock(),
  };
  const deployment = checkDeployment(sent, subject);
  if (certified === undefined) {
    const names = { name, dnsNames, ipAddresses };
    const kit = renderKitToCome(deployment, { ...names, caBundlePem: bundle.pem }, revocationUrl);
    return { profile, name, caBundle: bundle.pem, kit, deployment };
  }
  const kit = renderKit({ deployment, certificate: certificatePem(certified), revocationUrl });
  return kitOfCertificate(certified, { kit, deployment });
}

/**
 * The names that an enrollment will request, as far as they are given; unknown if neither list is.
 *
 * @throws AppError `name_outside_profile` where no token of the profile could allow them.
 */
function namesToCome(
  profile: ProfileName,
  { dnsNames, ipAddresses }: Pick<KitSubject, 'dnsNames' | 'ipAddresses'>,
) {
  if (dnsNames === undefined && ipAddresses === undefined) return { dnsNames, ipAddresses };
  const names = { dnsNames: dnsNames ?? [], ipAddresses: ipAddresses ?? [] };
  checkProfileNames(profile, names);
  return names;
}
