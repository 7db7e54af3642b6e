import { runsBy } from '../deployment/container.ts';
import type { Section } from '../kit/section.ts';
import { daemonSetParts } from './kubernetes.ts';

/*
 * Agents in containers. The docker command and its compose file are rendered with the agent or the Fleet Server
 * (docker.ts); this section is for the pods of Elastic's DaemonSet: profile agent, runtime kubernetes.
 *
 * - Renders a ConfigMap with the scripts of the pods, a strategic merge patch of the DaemonSet that the caller has,
 *   the body of the request for the nodes' bootstrap token, and the commands that apply them.
 * - The key is made on the node and stays there: each pod enrolls with its node's name, and renews by that key.
 * - The state of a container outlives it, so that it stays the same agent: a directory of the host for Docker, of the
 *   node for pods.
 * - Variables that an older agent reads only once are named in notes (deployment/versions.ts, containerOverrides).
 */

/** Agents in the pods of Elastic's DaemonSet; the docker command is rendered with the agent. */
export const podsSection: Section = {
  profiles: ['agent'],
  fields: [],
  rules: [],
  render: ({ deployment }) =>
    runsBy('kubernetes', deployment) ? { kubernetes: daemonSetParts(deployment) } : {},
};
