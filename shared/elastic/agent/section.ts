import { withoutUndefined } from '../../domain/without-undefined.ts';
import { agentFlags, containerEnvironment, hostCommands } from '../command-line/agent.ts';
import { type Contained, containerCommands, dockerFiles } from '../containers/docker.ts';
import { containerRules } from '../containers/rules.ts';
import { inPolicy } from '../deployment/kit-paths.ts';
import { movesOver } from '../deployment/move.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { kitFiles } from '../files/certificate.ts';
import type { AgentCommands } from '../kit/agent-commands.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { Section } from '../kit/section.ts';
import { yaml } from '../syntax/yaml.ts';
import { agentNotes } from './notes.ts';
import { agentRules, fleetRules } from './rules.ts';

/*
 * An agent that connects to Fleet Server: profile agent, on a host or in a container of Docker.
 *
 * - Renders the files in the order in which to write them, the commands that install and enroll the agent (variables
 *   and a docker command for a container), and the `ssl` settings of the default output.
 * - Reads fleetUrl, fleetEnrollmentToken, agent and container; outputs, pods and proxies are sections of their own.
 * - An agent that is enrolled already gets no commands here: migration/ says how it moves.
 * - Every flag is held against the version of the stack (deployment/versions.ts). What an older agent does not know
 *   breaks a rule, and what depends on an unknown version is a note.
 * - notes.ts says what goes wrong silently: who may read the key, what a policy replaces, which reload needs a
 *   restart.
 */

/** An agent on its host: files, commands, and the settings of the default output. */
export const agentSection: Section = {
  profiles: ['agent'],
  fields: ['fleetUrl', 'fleetEnrollmentToken', 'agent', 'container'],
  rules: [fleetRules, agentRules, containerRules],
  render: renderAgent,
};

function renderAgent({ deployment, certificate }: KitRequest): KitPart {
  return {
    files: [...kitFiles(deployment, certificate), ...dockerFiles(deployment, contained(deployment))],
    ...(movesOver(deployment) ? {} : { elasticAgent: commands(deployment) }),
    output: { yaml: outputYaml(deployment) },
    notes: agentNotes(deployment),
  };
}

function commands(deployment: ResolvedDeployment): AgentCommands {
  if (deployment.os === 'container') return containerCommands(deployment, contained(deployment));
  return hostCommands(deployment, agentFlags(deployment));
}

function contained(deployment: ResolvedDeployment): Contained {
  return { name: 'elastic-agent', environment: containerEnvironment(deployment) };
}

/**
 * The output's settings with the paths of the files: every host has its own certificate at the same paths (elastic.co,
 * "Logstash output settings", client SSL certificate).
 */
function outputYaml(deployment: ResolvedDeployment): string {
  const { certificate, key, authorities } = deployment.paths;
  const { elasticsearch } = authorities;
  const { keyPassphraseFile } = deployment;
  const named = (path: string) => inPolicy(deployment, path);
  const settings = withoutUndefined({
    'ssl.certificate_authorities': elasticsearch && [named(elasticsearch)],
    'ssl.certificate': named(certificate),
    'ssl.key': named(key),
    'ssl.key_passphrase_path': keyPassphraseFile && named(keyPassphraseFile),
  });
  return yaml(settings);
}
