import type { ResolvedDeployment } from './resolved-deployment.ts';

/** Whether the host is already in Fleet. */
export function isEnrolled({ asked }: ResolvedDeployment): boolean {
  return asked.agent?.alreadyEnrolled === true;
}

/**
 * Whether the host moves without being installed or enrolled again. A container keeps its variables: newer versions read
 * them at every start (elastic/elastic-agent#14408).
 */
export function movesOver(deployment: ResolvedDeployment): boolean {
  return isEnrolled(deployment) && deployment.os !== 'container';
}
