import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import {
  checkDeployment,
  type Deployment,
  type ResolvedDeployment,
} from '../../../shared/elastic/deployment.ts';
import { type Kit, renderKit } from '../../../shared/elastic/kit.ts';
import { AppError, type FieldError } from '../../../shared/errors/app-error.ts';

/** The least that makes a kit. */
const MINIMAL: Deployment = {
  model: 'on-premises',
  os: 'linux',
  stackVersion: '9.5.2',
  fleetUrl: 'https://fleet.example.com:8220',
  fleetEnrollmentToken: 'dG9rZW4=',
};

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

export const PEM = {
  leaf: pem('bGVhZg=='),
  issuer: pem('aXNzdWVy'),
  root: pem('cm9vdA=='),
  other: pem('b3RoZXI='),
};

/** A kit with the parts that an agent's has. */
export type AgentKit = Kit & Required<Pick<Kit, 'elasticAgent' | 'output'>>;

export interface Subject {
  readonly profile?: ProfileName;
  readonly keyKind?: KeyKind;
}

export function resolved(deployment: Deployment, { profile = 'agent', keyKind = 'rsa' }: Subject = {}) {
  return checkDeployment({ ...MINIMAL, ...deployment }, { profile, keyKind });
}

export function kitOf(deployment: ResolvedDeployment): AgentKit {
  const { elasticAgent, output, ...kit } = renderKit({
    deployment,
    certificate: {
      name: 'web-01',
      keyKind: deployment.keyKind,
      certificatePem: PEM.leaf,
      chainPem: [PEM.issuer],
      caBundlePem: PEM.root,
    },
  });
  if (elasticAgent === undefined || output === undefined) throw new Error('no kit of an agent');
  return { ...kit, elasticAgent, output };
}

/** The kit of a deployment that differs from {@link MINIMAL} as given. */
export function kit(deployment: Deployment = {}, subject?: Subject): AgentKit {
  return kitOf(resolved(deployment, subject));
}

/** The error that refuses the deployment. */
export function refusal(deployment: Deployment, subject?: Subject): AppError {
  try {
    resolved(deployment, subject);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the deployment was not refused');
}

export function refusals(deployment: Deployment, subject?: Subject): readonly FieldError[] {
  return refusal(deployment, subject).errors;
}
