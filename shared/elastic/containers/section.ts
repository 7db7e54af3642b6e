import { runsBy } from '../deployment/container.ts';
import type { Section } from '../kit/section.ts';
import { daemonSetParts } from './kubernetes.ts';

/** Agents in the pods of Elastic's DaemonSet; the docker command is rendered with the agent. */
export const podsSection: Section = {
  profiles: ['agent'],
  fields: [],
  rules: [],
  render: ({ deployment }) =>
    runsBy('kubernetes', deployment) ? { kubernetes: daemonSetParts(deployment) } : {},
};
