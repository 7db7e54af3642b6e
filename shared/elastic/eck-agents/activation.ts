import { type EckAgent, workloadOf } from '../deployment/eck-agent.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { has } from '../deployment/versions.ts';

/** Whether pods need a restart that ECK does not do: it watches what it mounts itself, and newer agents reload files. */
export function restartsByHand({ profile, way }: EckAgent, { stackVersion }: ResolvedDeployment): boolean {
  return profile === 'agent' && way === 'mounted' && !has(stackVersion, 'reload');
}

/** Restarts the pods. */
export function rolloutRestart(agent: EckAgent): string {
  return `kubectl rollout restart ${workloadOf(agent)} --namespace=${agent.namespace}`;
}

/** To run after a renewal: empty if ECK or the job of the kit restarts the pods, or nothing has to. */
export function podCommands(agent: EckAgent, deployment: ResolvedDeployment): readonly string[] {
  return restartsByHand(agent, deployment) && agent.image === undefined ? [rolloutRestart(agent)] : [];
}

/** What restarts the pods after a renewal, as a sentence; undefined if nothing has to. */
export function podReason(agent: EckAgent, deployment: ResolvedDeployment): string | undefined {
  if (restartsByHand(agent, deployment))
    return agent.image === undefined
      ? `ECK does not restart the pods: run ${rolloutRestart(agent)}.`
      : "The kit's job restarts the pods.";
  if (agent.profile === 'agent' && agent.way === 'mounted') return undefined;
  return 'ECK restarts the pods when the certificate changes.';
}
