import type { ResolvedDeployment } from '../deployment.ts';
import type { KitPart, KitRequest, Note } from '../kit.ts';
import type { Section } from '../sections.ts';
import { isEnrolled, movesOver } from './move.ts';
import { agentPolicyCall, takesPaths } from './policy.ts';
import { migrationSteps } from './steps.ts';

/** Moving a live host over: what stands in the place of `install` and `enroll`. */
export const migrationSection: Section = {
  profiles: ['agent', 'fleet-server'],
  fields: [],
  rules: [],
  render: ({ deployment }: KitRequest): KitPart =>
    isEnrolled(deployment)
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
    {
      code: 'migration_one_step_at_a_time',
      severity: 'warning',
      message:
        'Finish each step of migration.steps on every host before the next: a certificate is refused by whoever does not yet trust its CA.',
      source: 'elastic.co, Rotate SSL/TLS CA certificates',
    },
    ...(takesPaths(deployment) ? policyNotes : []),
    ...(deployment.profile === 'fleet-server' ? [LISTENER_PATHS] : []),
    ...(movesOver(deployment) && atEnrollment
      ? [
          {
            code: 'enrollment_settings_stay',
            severity: 'warning' as const,
            message:
              'Tags, headers and proxy are said at enrollment: a host that is not enrolled again keeps those that it has.',
            source: 'elastic-agent internal/pkg/agent/cmd/enroll.go (9.x)',
          },
        ]
      : []),
  ];
}

const LISTENER_PATHS: Note = {
  code: 'listener_paths_stay',
  severity: 'warning',
  message:
    "No call moves Fleet Server's listener to other paths for certain. Elastic documents that from 9.1.0 the Fleet Server host's settings (fleetSettings.fleetServerHost) take the place of its flags, and before that the integration's Custom fleet-server configurations (server.ssl) may be set; but the agent merges the flags of its host over both. Keep the listener's paths, or enroll the host again, and see which certificate it shows with openssl s_client.",
  source:
    'elastic.co, How to deploy Fleet Server; kibana full_agent_policy.ts; elastic-agent fleet_server_bootstrap.go, mergeNestedMaps',
};

const policyNotes: readonly Note[] = [
  {
    code: 'policy_overrides_are_whole',
    severity: 'warning',
    message:
      "agentPolicy sets all overrides of the policy: add those that it has already. Elastic means them for unusual cases; from 9.5.0 the Fleet Server host's settings for agents in Fleet do the same. An agent tries the new settings against Fleet Server first and keeps the old ones if that fails, but a policy can only replace them, never empty them.",
    source:
      'kibana fleet server/types/models/agent_policy.ts; elastic-agent handler_action_policy_change.go, #4770',
  },
];
