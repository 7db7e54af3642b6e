import { AppError } from '../errors/app-error.ts';
import type { Deployment } from './deployment/deployment.ts';
import { type ResolvedDeployment, resolveDeployment } from './deployment/resolved-deployment.ts';
import type { DeploymentSubject } from './deployment/subject.ts';
import { brokenRules } from './deployment-rules.ts';

/*
 * The way into shared/elastic. A deployment is what a caller says of its stack; it is checked here, before anything is
 * signed or rendered.
 *
 * - Every rule is tried, and all broken ones are reported at once, in the order of the fields: each names the field,
 *   the rule and the way out, in words for the caller.
 * - Which rules apply follows from the profile of the certificate and, on ECK, from the runtime: those for every kit,
 *   and those of the sections (sections.ts) that render it. A field that none of them reads breaks a rule too, so
 *   nothing that a caller asks for is dropped in silence.
 * - What comes out is resolved once and whole: every default filled in, paths in canonical form, addresses and CAs as
 *   the holder of the certificate sees them. Nothing downstream sees what was sent, and nothing else makes the value:
 *   the architecture test says who may import what makes it.
 * - Pure: no clock, no files, no network, and no secret in a message.
 */

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
