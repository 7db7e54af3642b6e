import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import { checkDeployment, type Deployment } from '../../../shared/elastic/deployment.ts';
import { type Kit, type KitCertificate, renderKit } from '../../../shared/elastic/kit.ts';
import { HOST } from './names.ts';

const SAMPLE: KitCertificate = {
  name: 'agent-1',
  keyKind: 'rsa',
  certificatePem: '',
  chainPem: [],
  caBundlePem: '',
};

/** The kit of an agent on premises. @throws AppError where the deployment is refused. */
export function kitOf(deployment: Deployment, certificate: KitCertificate = SAMPLE): Kit {
  const { keyKind } = certificate;
  return renderKit({ deployment: resolve(deployment, keyKind), certificate });
}

function resolve(deployment: Deployment, keyKind: KeyKind) {
  const basis = {
    model: 'on-premises',
    os: 'linux',
    stackVersion: '9.5.2',
    fleetUrl: `https://${HOST}:8220`,
  };
  return checkDeployment({ ...basis, ...deployment }, { profile: 'agent', keyKind });
}
