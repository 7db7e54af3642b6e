import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import { applicable, type Candidate, info, warning } from '../kit/note.ts';
import type { Section } from '../kit/section.ts';
import { howToSet, serviceScript } from './script.ts';

/*
 * One policy for hosts with different systems or directories: directoryVariable, profiles agent, fleet-server and
 * output-client.
 *
 * - Outputs name their files below `${env.NAME}` (deployment/kit-paths.ts, inPolicy). The agent replaces it by the
 *   variable of its own process, in outputs and inputs and nowhere else: what connects to Fleet Server keeps the paths of
 *   the flags, and Fleet's settings of a Fleet Server host have none.
 * - Renders a script for the system of the host that sets the variable for the service of the agent.
 * - A variable that is missing fails the whole policy of an agent, so the order is in a note.
 */

/** The variable of the agent's service, if `directoryVariable` names one. */
export const serviceEnvironmentSection: Section = {
  profiles: ['agent', 'fleet-server', 'output-client'],
  fields: ['directoryVariable'],
  rules: [],
  render: ({ deployment }: KitRequest): KitPart => {
    const { directoryVariable: name } = deployment;
    return name === undefined
      ? {}
      : {
          serviceEnvironment: serviceScript(deployment, name),
          notes: applicable(notes(deployment, name)),
        };
  },
};

function notes(deployment: ResolvedDeployment, name: string): readonly Candidate[] {
  const { os, agent } = deployment;
  return [
    warning(
      'directory_variable_first',
      `Set ${name} on every host and container of the policies before you change their outputs. An agent without it reports Failed ("no matching vars: \${env.${name}}"): it keeps its settings until its next restart, and then runs no integrations.`,
      'elastic-agent internal/pkg/agent/application/coordinator/coordinator.go, generateComponentModel; transpiler/outputs.go',
    ),
    info(
      'directory_variable_service',
      `Run ${howToSet(deployment)}${os === 'linux' ? '' : ', once the agent is installed, and again if it is installed again'}. It sets ${name} for the service of the agent, and restarts it where it ran without: elastic-agent restart does not read new variables. A service of another name (install --namespace) needs the variable from you.`,
      `elastic-agent internal/pkg/agent/application/reexec; install/svc.go${os === 'windows' ? '; elastic.co, Proxy server connectivity using default host variables' : ''}`,
    ),
    info(
      'directory_variable_replaces_paths',
      'If Fleet has the outputs with paths already, their commands replace them only with FLEETSEAL_REPLACE=1.',
      'fleetseal, kibanaApi.command',
    ),
    agent.elasticDefend &&
      os === 'windows' &&
      warning(
        'directory_variable_defend',
        'Elastic does not document whether Elastic Defend on Windows takes paths with slashes, as outputs with a variable have: try it on one host first.',
        'elastic.co, Env provider',
      ),
  ];
}
