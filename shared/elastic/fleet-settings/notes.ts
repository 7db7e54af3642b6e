import type { ResolvedDeployment } from '../deployment.ts';
import { applicable, type Note } from '../note.ts';
import { kibanaCommandNote } from '../outputs/kibana-api.ts';

/**
 * What a reader of the settings should know.
 *
 * @param has - whether the settings hold certificates, and a proxy
 */
export function fleetSettingsNotes(
  deployment: ResolvedDeployment,
  has: { readonly ssl: boolean; readonly proxy: boolean },
): readonly Note[] {
  const { keyPassphraseFile, os, asked } = deployment;
  return applicable([
    ...(has.ssl ? certificateNotes(deployment) : [ADDRESS_ONLY]),
    {
      code: 'fleet_server_host_to_choose',
      severity: 'warning',
      message:
        'No agent uses a new Fleet Server host before you choose it in the agent policies or make it the default. Where Fleet has one for this address under another id, change that one instead.',
      source: 'elastic.co, Fleet settings, Fleet Server host settings',
    },
    !has.proxy && {
      code: 'fleet_server_host_loses_proxy',
      severity: 'info',
      message:
        'An update takes away the proxy that was chosen for the host in Fleet: add its proxy_id to the body.',
      source: 'elastic/kibana fleet/server/types/rest_spec/fleet_server_policy_config.ts',
    },
    keyPassphraseFile !== undefined && {
      code: 'fleet_settings_no_passphrase',
      severity: 'info',
      message:
        'The settings of a Fleet Server host have no field for a passphrase: its certificates stay with the flags.',
      source: 'elastic/kibana fleet/server/types/rest_spec/fleet_server_policy_config.ts',
    },
    ...(has.proxy ? PROXY_NOTES : []),
    (asked.outputs ?? []).length === 0 && kibanaCommandNote(os),
  ]);
}

const ADDRESS_ONLY: Note = {
  code: 'fleet_settings_address_only',
  severity: 'info',
  message:
    'These settings hold the address alone: agents enroll without them, by their flags, and follow a changed address by themselves.',
  source: 'elastic-agent handler_action_policy_change.go, updateFleetConfig',
};

function certificateNotes({ profile }: ResolvedDeployment): readonly Note[] {
  return [
    ...(profile === 'fleet-server' ? SERVER_NOTES : AGENT_NOTES),
    {
      code: 'fleet_settings_replace_ssl',
      severity: 'warning',
      message:
        'An update replaces all of ssl: where both the fields of Fleet Server (es_) and those of agents (agent_) are set, send them together.',
      source: 'elastic/kibana fleet/server/types/rest_spec/fleet_server_policy_config.ts',
    },
  ];
}

const AGENT_NOTES: readonly Note[] = [
  {
    code: 'fleet_settings_reach_all_agents',
    severity: 'warning',
    message:
      'Certificates in these settings go to every agent of the policies that use the host, and win over the flags: the files must have these paths on all of them.',
    source: 'elastic/kibana full_agent_policy.ts; elastic-agent handler_action_policy_change.go, #4770',
  },
  {
    code: 'fleet_settings_reenroll',
    severity: 'warning',
    message:
      'After a change of the client certificates in these settings, Elastic asks to enroll the affected agents again.',
    source: 'elastic.co, Fleet settings, Fleet Server host settings; elastic/kibana#236959',
  },
];

const SERVER_NOTES: readonly Note[] = [
  {
    code: 'fleet_settings_elasticsearch',
    severity: 'info',
    message:
      'The es_ fields take the place of the --fleet-server-es- flags for certificates; Fleet Server goes back to the flags where it cannot connect with them.',
    source: 'elastic-agent fleet_server_bootstrap.go; fleet-server internal/pkg/server/agent.go',
  },
  {
    code: 'fleet_settings_not_listener',
    severity: 'info',
    message:
      'The listener keeps certificate, key, CAs and client authentication of its flags: the fields of Fleet for them do not reach it, so they are left out.',
    source:
      'elastic.co, One-way and mutual TLS certifications flow; kibana full_agent_policy.ts; fleet-server internal/pkg/config/input.go',
  },
];

const PROXY_NOTES: readonly Note[] = [
  {
    code: 'fleet_proxy_first',
    severity: 'info',
    message: 'Create the proxy before the Fleet Server host, which names it.',
    source: 'elastic.co, Use a proxy server with Elastic Agent and Fleet',
  },
  {
    code: 'fleet_proxy_not_for_outputs',
    severity: 'warning',
    message:
      'The proxy stands in front of Fleet Server only, and data goes past it: give the outputs to Elasticsearch its proxy_id too where data must go through it.',
    source: 'elastic.co, Use a proxy server with Elastic Agent and Fleet',
  },
  {
    code: 'fleet_proxy_without_certificate',
    severity: 'info',
    message:
      "The proxy is set without a client certificate: Fleet would send that one to agents instead of their output's.",
    source: 'elastic/kibana fleet/server/services/agent_policies/full_agent_policy.ts',
  },
];
