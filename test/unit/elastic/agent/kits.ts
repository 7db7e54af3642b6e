import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { ResolvedDeployment } from '../../../../shared/elastic/deployment/resolved-deployment.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import type { AppError, FieldError } from '../../../../shared/errors/app-error.ts';
import { certificateOf, ON_PREMISES, refusalOf } from '../rendering.ts';

/** The least that makes a kit. */
const MINIMAL: Deployment = {
  ...ON_PREMISES,
  fleetEnrollmentToken: 'dG9rZW4=',
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
    certificate: certificateOf({ name: 'web-01', keyKind: deployment.keyKind }),
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
  return refusalOf(() => resolved(deployment, subject));
}

export function refusals(deployment: Deployment, subject?: Subject): readonly FieldError[] {
  return refusal(deployment, subject).errors;
}
