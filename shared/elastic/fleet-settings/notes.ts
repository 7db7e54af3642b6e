import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { kibanaCommandNote } from '../kibana/kibana-api.ts';
import { applicable, info, type Note, warning } from '../kit/note.ts';

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
    warning(
      'fleet_server_host_to_choose',
      'No agent uses a new Fleet Server host until you choose it in the agent policies or make it the default. If Fleet already has a host with this address under another ID, change that one instead.',
      'elastic.co, Fleet settings, Fleet Server host settings',
    ),
    keyPassphraseFile !== undefined &&
      info(
        'fleet_settings_no_passphrase',
        'The settings of a Fleet Server host have no field for a passphrase: its certificates are set by the flags only.',
        'elastic/kibana fleet/server/types/rest_spec/fleet_server_policy_config.ts',
      ),
    ...(has.proxy ? PROXY_NOTES : []),
    outputs.length === 0 && kibanaCommandNote(os),
  ]);
}

const ADDRESS_ONLY: Note = info(
  'fleet_settings_address_only',
  'These settings hold only the address. Agents enroll with their flags, without these settings, but follow a later change of the address.',
  'elastic-agent handler_action_policy_change.go, updateFleetConfig',
);

function certificateNotes({ profile }: ResolvedDeployment): readonly Note[] {
  return profile === 'fleet-server' ? SERVER_NOTES : AGENT_NOTES;
}

const AGENT_NOTES: readonly Note[] = [
  warning(
    'fleet_settings_reach_all_agents',
    'Certificates in these settings go to every agent whose policy uses the host, and take precedence over the flags: the files must have these paths on all of those hosts.',
    'elastic/kibana full_agent_policy.ts; elastic-agent handler_action_policy_change.go, #4770',
  ),
  warning(
    'fleet_settings_reenroll',
    'Elastic says to enroll the affected agents again after a change of the client certificates in these settings.',
    'elastic.co, Fleet settings, Fleet Server host settings; elastic/kibana#236959',
  ),
];

const SERVER_NOTES: readonly Note[] = [
  info(
    'fleet_settings_elasticsearch',
    'The es_ fields replace the --fleet-server-es- flags for certificates. Fleet Server falls back to the flags if it cannot connect with the fields.',
    'elastic-agent fleet_server_bootstrap.go; fleet-server internal/pkg/server/agent.go',
  ),
  info(
    'fleet_settings_not_listener',
    "The listener keeps the certificate, key, CAs and client authentication of its flags. Fleet's fields for them do not reach it, so they are left out.",
    'elastic.co, One-way and mutual TLS certifications flow; kibana full_agent_policy.ts; fleet-server internal/pkg/config/input.go',
  ),
];

const PROXY_NOTES: readonly Note[] = [
  info(
    'fleet_proxy_first',
    'Create the proxy before the Fleet Server host, which refers to it.',
    'elastic.co, Use a proxy server with Elastic Agent and Fleet',
  ),
  warning(
    'fleet_proxy_not_for_outputs',
    'The proxy is only for the connection to Fleet Server, and data bypasses it: if data must go through it too, set its proxy_id on the outputs to Elasticsearch.',
    'elastic.co, Use a proxy server with Elastic Agent and Fleet',
  ),
  info(
    'fleet_proxy_without_certificate',
    'The proxy has no client certificate on purpose: Fleet would send it to agents in place of the one of their output.',
    'elastic/kibana fleet/server/services/agent_policies/full_agent_policy.ts',
  ),
];
