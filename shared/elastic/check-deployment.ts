import { AppError } from '../errors/app-error.ts';
import type { Deployment } from './deployment/deployment.ts';
import { type ResolvedDeployment, resolveDeployment } from './deployment/resolved-deployment.ts';
import type { DeploymentSubject } from './deployment/subject.ts';
import { brokenRules } from './deployment-rules.ts';

/**
 * Checks a deployment and fills in its defaults.
 *
 * @example
 * const deployment = checkDeployment({ model: 'on-premises', os: 'linux', fleetUrl }, { profile: 'agent', keyKind: 'rsa' });
 *
 * @throws AppError `deployment_refused` with every rule that it breaks: the field, the rule and the way out.
 */
export function checkDeployment(deployment: Deployment, subject: DeploymentSubject): ResolvedDeployment {
  const errors = brokenRules(deployment, subject);
  const [first, ...others] = errors;
  if (first !== undefined) {
    const message =
      others.length === 0
        ? first.detail
        : `${errors.length} rules refuse the deployment: ${errors.map(({ detail }) => detail).join('; ')}`;
    throw new AppError('deployment_refused', message, { errors });
  }
  return resolveDeployment(deployment, subject);
}
