import type { ResolvedDeployment } from '../deployment.ts';
import { kitPaths } from '../files/paths.ts';
import { fleetServerOf } from '../fleet-server/settings.ts';
import type { KitPart, KitRequest } from '../kit.ts';
import { applicable, type Note } from '../note.ts';
import type { Section } from '../sections.ts';
import { has } from '../versions.ts';
import { type KibanaApi, kibanaApi, kibanaCommandNote } from './kibana-api.ts';
import { slug } from './settings.ts';

/** Objects of Fleet's settings beside the outputs. */
export interface FleetSettings {
  /** Only for agents with `agent.proxy.url`; to be created first, since the host names it. */
  readonly proxy?: KibanaApi;
  /** The address at which agents reach Fleet Server, and the certificates for which Fleet has fields that work. */
  readonly fleetServerHost: KibanaApi;
}

/** What Kibana should know of Fleet Server: the same as the commands of the host say. */
export const fleetSettingsSection: Section = {
  profiles: ['agent', 'fleet-server'],
  fields: ['fleetUrl', 'agent'],
  rules: [],
  render: renderFleetSettings,
};

function renderFleetSettings({ deployment }: KitRequest): KitPart {
  if (deployment.fleetUrl === '') return {};
  const proxy = proxyOf(deployment);
  const ssl = hostSsl(deployment);
  const address = new URL(deployment.fleetUrl).host;
  const host = {
    id: `fleetseal-${slug(address)}`,
    name: `Fleet Server at ${address}`,
    host_urls: [deployment.fleetUrl],
    // Left out it is null too (rest_spec/fleet_server_policy_config.ts, schema.nullable).
    proxy_id: proxy?.id ?? null,
    ...(ssl === undefined ? {} : { ssl }),
  };
  return {
    fleetSettings: {
      ...(proxy === undefined ? {} : { proxy: kibanaApi('proxies', proxy, deployment.os) }),
      fleetServerHost: kibanaApi('fleet_server_hosts', host, deployment.os),
    },
    notes: notes(deployment, ssl !== undefined),
  };
}

/**
 * The proxy between agents and Fleet Server, without a certificate: that of a proxy would take the place of the output's
 * (kibana, full_agent_policy.ts). On a Fleet Server host `--proxy-url` stands before Elasticsearch, and is none of the
 * agents' business.
 */
function proxyOf({ profile, agent }: ResolvedDeployment) {
  const { url, headers } = agent.proxy;
  if (url === undefined || profile === 'fleet-server') return undefined;
  const id = `fleetseal-${slug(new URL(url).host)}`;
  return { id, name: id, url, proxy_headers: headers };
}

/** By the names of kibana, fleet/server/types/rest_spec/fleet_server_policy_config.ts; undefined where Fleet has none. */
function hostSsl(deployment: ResolvedDeployment): Readonly<Record<string, unknown>> | undefined {
  // There is no field for a passphrase: with the others alone the key could not be read.
  if (deployment.keyPassphraseFile !== undefined || !has(deployment.stackVersion, 'fleetServerHostSsl'))
    return undefined;
  return deployment.profile === 'fleet-server' ? serverSsl(deployment) : agentSsl(deployment);
}

/**
 * Of the client to Elasticsearch alone. Kibana writes the fields of the listener to the input's `ssl`, where Fleet Server
 * reads nothing: its own are in `server.ssl`, which come from the flags (full_agent_policy.ts,
 * generateSSLConfigForFleetServerInput; fleet-server, config/input.go; elastic-agent, fleet_server_bootstrap.go).
 */
function serverSsl(deployment: ResolvedDeployment) {
  const { certificate, key } = kitPaths(deployment);
  const { elasticsearch, showsCertificate } = fleetServerOf(deployment);
  const ssl = {
    ...(elasticsearch.ca === undefined ? {} : { es_certificate_authorities: [elasticsearch.ca] }),
    ...(showsCertificate ? { es_certificate: certificate, es_key: key } : {}),
  };
  return Object.keys(ssl).length === 0 ? undefined : ssl;
}

function agentSsl(deployment: ResolvedDeployment) {
  if (!has(deployment.stackVersion, 'fleetServerHostAgentSsl')) return undefined;
  const { certificate, key, fleetServerCa } = kitPaths(deployment);
  return {
    ...(fleetServerCa === undefined ? {} : { agent_certificate_authorities: [fleetServerCa] }),
    agent_certificate: certificate,
    agent_key: key,
  };
}

function notes(deployment: ResolvedDeployment, hasSsl: boolean): readonly Note[] {
  const { keyPassphraseFile, os, asked } = deployment;
  const proxied = proxyOf(deployment) !== undefined;
  return applicable([
    ...(hasSsl ? certificateNotes(deployment) : [ADDRESS_ONLY]),
    {
      code: 'fleet_server_host_to_choose',
      severity: 'warning',
      message:
        'No agent uses a new Fleet Server host before you choose it in the agent policies or make it the default. Where Fleet has one for this address under another id, change that one instead.',
      source: 'elastic.co, Fleet settings, Fleet Server host settings',
    },
    !proxied && {
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
    ...(proxied ? PROXY_NOTES : []),
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
