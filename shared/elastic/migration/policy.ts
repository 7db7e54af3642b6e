import { withoutUndefined } from '../../domain/without-undefined.ts';
import { movesOver } from '../deployment/move.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { lacks } from '../deployment/versions.ts';
import { policyCommand } from '../kibana/policy-command.ts';
import type { AgentPolicyCall } from '../kit/migration.ts';

/**
 * Whether the agent takes new paths from its policy; assumed for an unknown version. Agents replace no variables in
 * `fleet.ssl` (elastic-agent, coordinator.go, generateComponentModel), so a policy of hosts with different paths has none.
 */
export function takesPaths(deployment: ResolvedDeployment): boolean {
  const { stackVersion, directoryVariable } = deployment;
  return movesOver(deployment) && directoryVariable === undefined && !lacks(stackVersion, 'policyTls');
}

/**
 * The override of `fleet.ssl` in an agent policy. Kibana merges it into what it sends to the agents (kibana,
 * full_agent_policy.ts, deepMerge); certificate, key and passphrase are replaced as one (elastic-agent,
 * handler_action_policy_change.go), so everything that the agent needs is included.
 */
export function agentPolicyCall(deployment: ResolvedDeployment): AgentPolicyCall {
  const { certificate, key } = deployment.paths;
  const authorities = authoritiesOf(deployment);
  const { keyPassphraseFile } = deployment;
  const ssl = withoutUndefined({
    certificate_authorities: authorities.length === 0 ? undefined : authorities,
    certificate,
    key,
    key_passphrase_path: keyPassphraseFile,
  });
  return {
    method: 'PUT',
    path: '/api/fleet/agent_policies/{{AGENT_POLICY_ID}}',
    headers: { 'kbn-xsrf': 'true' },
    body: {
      name: '{{AGENT_POLICY_NAME}}',
      namespace: '{{AGENT_POLICY_NAMESPACE}}',
      overrides: { fleet: { ssl } },
    },
    command: policyCommand(ssl),
  };
}

/** The CA files with which the host's agent verifies Fleet Server. */
function authoritiesOf(deployment: ResolvedDeployment): readonly string[] {
  if (deployment.profile === 'fleet-server') return deployment.fleetServer.certificateAuthorities;
  const { fleetServer } = deployment.paths.authorities;
  return fleetServer === undefined ? [] : [fleetServer];
}
