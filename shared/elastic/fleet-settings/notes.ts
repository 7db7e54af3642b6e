import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { kibanaCommandNote } from '../kibana/kibana-api.ts';
import { applicable, type Note } from '../kit/note.ts';

/**
 * The notes of the settings.
 *
 * @param has - whether the settings hold certificates or a proxy
 */
export function fleetSettingsNotes(
  deployment: ResolvedDeployment,
  has: { readonly ssl: boolean; readonly proxy: boolean },
): readonly Note[] {
  const { keyPassphraseFile, os, outputs } = deployment;
  return applicable([
    ...(has.ssl ? certificateNotes(deployment) : [ADDRESS_ONLY]),
    {
      code: 'fleet_server_host_to_choose',
      severity: 'warning',
      message:
        'No agent uses a new Fleet Server host until you choose it in the agent policies or make it the default. If Fleet already has a host with this address under another ID, change that one instead.',
      source: 'elastic.co, Fleet settings, Fleet Server host settings',
    },
    keyPassphraseFile !== undefined && {
      code: 'fleet_settings_no_passphrase',
      severity: 'info',
      message:
        'The settings of a Fleet Server host have no field for a passphrase: its certificates are set by the flags only.',
      source: 'elastic/kibana fleet/server/types/rest_spec/fleet_server_policy_config.ts',
    },
    ...(has.proxy ? PROXY_NOTES : []),
    outputs.length === 0 && kibanaCommandNote(os),
  ]);
}

const ADDRESS_ONLY: Note = {
  code: 'fleet_settings_address_only',
  severity: 'info',
  message:
    'These settings hold only the address. Agents enroll with their flags, without these settings, but follow a later change of the address.',
  source: 'elastic-agent handler_action_policy_change.go, updateFleetConfig',
};

function certificateNotes({ profile }: ResolvedDeployment): readonly Note[] {
  return profile === 'fleet-server' ? SERVER_NOTES : AGENT_NOTES;
}

const AGENT_NOTES: readonly Note[] = [
  {
    code: 'fleet_settings_reach_all_agents',
    severity: 'warning',
    message:
      'Certificates in these settings go to every agent whose policy uses the host, and take precedence over the flags: the files must have these paths on all of those hosts.',
    source: 'elastic/kibana full_agent_policy.ts; elastic-agent handler_action_policy_change.go, #4770',
  },
  {
    code: 'fleet_settings_reenroll',
    severity: 'warning',
    message:
      'Elastic says to enroll the affected agents again after a change of the client certificates in these settings.',
    source: 'elastic.co, Fleet settings, Fleet Server host settings; elastic/kibana#236959',
  },
];

const SERVER_NOTES: readonly Note[] = [
  {
    code: 'fleet_settings_elasticsearch',
    severity: 'info',
    message:
      'The es_ fields replace the --fleet-server-es- flags for certificates. Fleet Server falls back to the flags if it cannot connect with the fields.',
    source: 'elastic-agent fleet_server_bootstrap.go; fleet-server internal/pkg/server/agent.go',
  },
  {
    code: 'fleet_settings_not_listener',
    severity: 'info',
    message:
      "The listener keeps the certificate, key, CAs and client authentication of its flags. Fleet's fields for them do not reach it, so they are left out.",
    source:
      'elastic.co, One-way and mutual TLS certifications flow; kibana full_agent_policy.ts; fleet-server internal/pkg/config/input.go',
  },
];

const PROXY_NOTES: readonly Note[] = [
  {
    code: 'fleet_proxy_first',
    severity: 'info',
    message: 'Create the proxy before the Fleet Server host, which refers to it.',
    source: 'elastic.co, Use a proxy server with Elastic Agent and Fleet',
  },
  {
    code: 'fleet_proxy_not_for_outputs',
    severity: 'warning',
    message:
      'The proxy is only for the connection to Fleet Server, and data bypasses it: if data must go through it too, set its proxy_id on the outputs to Elasticsearch.',
    source: 'elastic.co, Use a proxy server with Elastic Agent and Fleet',
  },
  {
    code: 'fleet_proxy_without_certificate',
    severity: 'info',
    message:
      'The proxy has no client certificate on purpose: Fleet would send it to agents in place of the one of their output.',
    source: 'elastic/kibana fleet/server/services/agent_policies/full_agent_policy.ts',
  },
];
