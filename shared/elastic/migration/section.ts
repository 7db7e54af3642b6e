import { movesOver } from '../deployment/move.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { fromReleases } from '../deployment/versions.ts';
import { shellNeeded } from '../kibana/kibana-api.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import { info, type Note, warning } from '../kit/note.ts';
import type { Section } from '../kit/section.ts';
import { agentPolicyCall, takesPaths } from './policy.ts';
import { migrationSteps } from './steps.ts';

/*
 * How a host that is in Fleet already moves to fleetseal, with no handshake refused on the way: agent.alreadyEnrolled,
 * profiles agent and fleet-server.
 *
 * - Renders steps in order, each finished on every host before the next begins: first all trust both CAs, then
 *   certificates change, then the old CA goes. Each step says why it is safe now, and what to run here.
 * - From 8.15.0 a policy can give agents the new paths: then the kit has the call of Kibana's API that does so, and
 *   else says that the host must be enrolled again.
 * - No policy moves Fleet Server's listener: its files keep their paths, or the host is enrolled again.
 * - Tags, headers and proxies are set at enrollment, so a note says that they stay as they are.
 */

/** Moving an enrolled host to fleetseal, instead of `install` and `enroll`. */
export const migrationSection: Section = {
  profiles: ['agent', 'fleet-server'],
  fields: [],
  rules: [],
  render: ({ deployment }: KitRequest): KitPart =>
    deployment.agent.alreadyEnrolled
      ? {
          migration: {
            steps: migrationSteps(deployment),
            ...(takesPaths(deployment) ? { agentPolicy: agentPolicyCall(deployment) } : {}),
          },
          notes: migrationNotes(deployment),
        }
      : {},
};

function migrationNotes(deployment: ResolvedDeployment): readonly Note[] {
  const { agent } = deployment;
  const atEnrollment =
    agent.tags.length > 0 || Object.keys(agent.headers).length > 0 || agent.proxy.url !== undefined;
  return [
    warning(
      'migration_one_step_at_a_time',
      'Finish each step of migration.steps on every host before you begin the next: a peer refuses a certificate whose CA it does not trust yet.',
      'elastic.co, Rotate SSL/TLS CA certificates',
    ),
    ...(takesPaths(deployment) ? [...policyNotes(deployment), commandNote(deployment)] : []),
    ...(deployment.profile === 'fleet-server' && !deployment.fleetServer.listener.foreign
      ? [LISTENER_PATHS]
      : []),
    ...(movesOver(deployment) && atEnrollment
      ? [
          {
            code: 'enrollment_settings_stay',
            severity: 'warning' as const,
            message:
              'Tags, headers and proxy are set at enrollment: a host that is not enrolled again keeps its current ones.',
            source: 'elastic-agent internal/pkg/agent/cmd/enroll.go (9.x)',
          },
        ]
      : []),
  ];
}

const LISTENER_PATHS: Note = warning(
  'listener_paths_stay',
  "No policy can move Fleet Server's listener to other paths: Kibana writes the certificate of a Fleet Server host where Fleet Server does not read it, and the agent's flags override the integration's server.ssl. Write the new files to the listener's paths, or enroll the host again. openssl s_client shows which certificate the listener uses.",
  'elastic.co, One-way and mutual TLS certifications flow; elastic/kibana full_agent_policy.ts; elastic-agent fleet_server_bootstrap.go, mergeNestedMaps',
);

/** Where to find the id of a policy, and what fills in the rest. */
function commandNote({ os }: ResolvedDeployment): Note {
  return info(
    'policy_command',
    `agentPolicy.command changes only what the kit says of the policy, and prints what that was. It needs ${shellNeeded(os)}curl (7.55.0 or later) and awk, and reads KIBANA_URL (with /s/<space> if you use a space), KIBANA_API_KEY, a key with the Kibana privilege All for Fleet, and AGENT_POLICY_ID, which follows /policies/ in the address of the policy's page in Kibana. Set CURL_CA_BUNDLE if Kibana has a private CA.`,
    'elastic.co, Kibana APIs, Fleet agent policies; elastic/kibana page_paths.ts',
  );
}

const policyNotes = ({ stackVersion }: ResolvedDeployment): readonly Note[] => [
  warning(
    'policy_overrides_are_whole',
    `If you send agentPolicy yourself, add the overrides that the policy already has, and its inactivity_timeout: Kibana replaces all overrides, and resets a timeout that is left out. A managed policy accepts the call only with "force": true. Elastic intends overrides for unusual cases; the Fleet Server host's settings for agents (agent_certificate) do the same${fromReleases(stackVersion, 'fleetServerHostAgentSsl')}.`,
    'elastic/kibana fleet/server/types/models/agent_policy.ts; services/agent_policy.ts; #236959',
  ),
  info(
    'policy_settings_are_tried',
    'An agent first tests the settings of agentPolicy against Fleet Server, and keeps the old ones if that fails. A policy can replace these settings, but never clear them.',
    'elastic-agent handler_action_policy_change.go, #4770',
  ),
];
