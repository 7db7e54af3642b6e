import type { ResolvedDeployment } from '../deployment.ts';
import { kitPaths } from '../files.ts';
import { fleetServerOf } from '../fleet-server/settings.ts';
import type { KitPart, KitRequest, Note } from '../kit.ts';
import type { Section } from '../sections.ts';
import { type Feature, has } from '../versions.ts';
import { type KibanaApi, kibanaApi } from './kibana-api.ts';
import { slug } from './settings.ts';

/** Objects of Fleet's settings beside the outputs. */
export interface FleetSettings {
  /** The address at which agents reach Fleet Server, and its certificates where Fleet has fields for them. */
  readonly fleetServerHost: KibanaApi;
  /** Only with `agent.proxy.url`. */
  readonly proxy?: KibanaApi;
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
  const { url, headers } = deployment.agent.proxy;
  const proxyId = url === undefined ? null : `fleetseal-${slug(new URL(url).host)}`;
  const ssl = hostSsl(deployment);
  const address = new URL(deployment.fleetUrl).host;
  const host = {
    id: `fleetseal-${slug(address)}`,
    name: `Fleet Server at ${address}`,
    host_urls: [deployment.fleetUrl],
    proxy_id: proxyId,
    ...(ssl === undefined ? {} : { ssl }),
  };
  return {
    fleetSettings: {
      fleetServerHost: kibanaApi('fleet_server_hosts', host, deployment.os),
      ...(proxyId === null
        ? {}
        : { proxy: proxyApi(deployment, { id: proxyId, name: proxyId, url, proxy_headers: headers }) }),
    },
    notes: notes(deployment, ssl !== undefined),
  };
}

/** Without a certificate: that of a proxy would take the place of the output's (kibana, full_agent_policy.ts). */
function proxyApi(
  { os }: ResolvedDeployment,
  body: { readonly id: string } & Readonly<Record<string, unknown>>,
) {
  return kibanaApi('proxies', body, os);
}

/** By the names of kibana, fleet/server/types/rest_spec/fleet_server_policy_config.ts; undefined where Fleet has none. */
function hostSsl(deployment: ResolvedDeployment): Readonly<Record<string, unknown>> | undefined {
  // There is no field for a passphrase: with the others alone the key could not be read.
  if (deployment.keyPassphraseFile !== undefined || !knows(deployment, 'fleetServerHostSsl'))
    return undefined;
  return deployment.profile === 'fleet-server' ? serverSsl(deployment) : agentSsl(deployment);
}

function serverSsl(deployment: ResolvedDeployment) {
  const { certificate, key } = kitPaths(deployment);
  const { certificateAuthorities, clientAuth, elasticsearch, showsCertificate } = fleetServerOf(deployment);
  return {
    certificate_authorities: certificateAuthorities,
    certificate,
    key,
    ...(elasticsearch.ca === undefined ? {} : { es_certificate_authorities: [elasticsearch.ca] }),
    ...(showsCertificate ? { es_certificate: certificate, es_key: key } : {}),
    client_auth: clientAuth,
  };
}

function agentSsl(deployment: ResolvedDeployment) {
  if (!knows(deployment, 'fleetServerHostAgentSsl')) return undefined;
  const { certificate, key, fleetServerCa } = kitPaths(deployment);
  return {
    ...(fleetServerCa === undefined ? {} : { agent_certificate_authorities: [fleetServerCa] }),
    agent_certificate: certificate,
    agent_key: key,
  };
}

function knows({ stackVersion }: ResolvedDeployment, feature: Feature): boolean {
  return stackVersion !== undefined && has(stackVersion, feature);
}

function notes(deployment: ResolvedDeployment, hasSsl: boolean): readonly Note[] {
  const { keyPassphraseFile } = deployment;
  return [
    {
      code: 'fleet_settings_reenroll',
      severity: 'warning',
      message: hasSsl
        ? "Fleet Server works without these settings, by the flags of its host. Certificates in them go to every agent of the policies that use the host: those for agents win over the flags of the agents, of those for the listener Elastic's documents say so and its code does not. Enroll the affected agents again after a change. An update replaces all of its ssl: put the fields of Fleet Server and those of agents together where both are set."
        : 'Fleet Server and agents take their certificates from their flags; these settings hold the address only. Enroll the affected agents again after a change.',
      source:
        'elastic.co, Fleet settings, Fleet Server host settings; elastic/kibana#236959; elastic-agent fleet_server_bootstrap.go',
    },
    ...(keyPassphraseFile === undefined
      ? []
      : [
          {
            code: 'fleet_settings_no_passphrase',
            severity: 'info',
            message:
              'The settings of a Fleet Server host have no field for a passphrase: its certificates stay with the flags.',
            source: 'elastic/kibana fleet/server/types/rest_spec/fleet_server_policy_config.ts',
          } as const,
        ]),
    ...(deployment.agent.proxy.url === undefined
      ? []
      : [
          {
            code: 'fleet_proxy_without_certificate',
            severity: 'info',
            message:
              "The proxy is set without a certificate of its own: Fleet would send that to agents in the place of their output's.",
            source: 'kibana fleet/server/services/agent_policies/full_agent_policy.ts',
          } as const,
        ]),
  ];
}
