import type { Section } from '../sections.ts';
import { daemonSetParts } from './kubernetes.ts';
import { runsBy } from './settings.ts';

/** Agents in the pods of Elastic's DaemonSet; the docker command is rendered with the agent. */
export const podsSection: Section = {
  profiles: ['agent'],
  fields: [],
  rules: [],
  render: ({ deployment }) =>
    runsBy('kubernetes', deployment) ? { kubernetes: daemonSetParts(deployment) } : {},
};
