import type { ProfileName } from '../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { Kit, KitCertificate } from '../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { HOST } from './names.ts';

const SAMPLE: KitCertificate & { readonly profile: ProfileName } = {
  profile: 'agent',
  name: 'agent-1',
  keyKind: 'rsa',
  certificatePem: '',
  chainPem: [],
  caBundlePem: '',
};

/** What a deployment on premises must say. */
const LEAST: Readonly<Partial<Record<ProfileName, Deployment>>> = {
  agent: { fleetUrl: `https://${HOST}:8220` },
  'fleet-server': {
    fleetUrl: `https://${HOST}:8220`,
    fleetServer: { elasticsearchUrl: `https://${HOST}:9200`, policyId: 'fleet-server-policy' },
  },
};

/** The kit of a deployment on premises. @throws AppError where the deployment is refused. */
export function kitOf(deployment: Deployment, issued: typeof SAMPLE = SAMPLE): Kit {
  const { profile, keyKind, ...certificate } = issued;
  const basis = { model: 'on-premises', os: 'linux', stackVersion: '9.5.2', ...LEAST[profile] };
  return renderKit({
    deployment: checkDeployment(
      { ...basis, ...deployment },
      { profile, keyKind, dnsNames: certificate.dnsNames },
    ),
    certificate: { ...certificate, keyKind },
  });
}
