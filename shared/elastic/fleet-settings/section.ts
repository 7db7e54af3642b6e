import { withoutUndefined } from '../../domain/without-undefined.ts';
import { slug } from '../deployment/outputs.ts';
import type { OperatingSystem } from '../deployment/paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { has } from '../deployment/versions.ts';
import { kibanaApi } from '../kibana/kibana-api.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { Section } from '../kit/section.ts';
import { fleetSettingsNotes } from './notes.ts';

/*
 * The Fleet Server host, and the forward proxy, as objects of Kibana's Fleet settings: profiles agent and
 * fleet-server.
 *
 * - An agent follows its policy after it enrolled, so what the policy says of Fleet Server must agree with what the
 *   host's commands said: this section renders it from the same values.
 * - Each object has one id for one address, with the calls and the command of kibana/: sent again, it changes the one
 *   that is there. With paths it is one for each kind of system, since all agents of a host have the same paths.
 * - From which version Kibana has `ssl` for Fleet Server hosts, and for the agents of one, is in
 *   deployment/versions.ts; before that, the object has none, and notes say where the settings stay.
 * - Nothing is rendered for a host that is enrolled already: migration/ has the policy for that.
 */

/** The Fleet Server host in Kibana's settings, in agreement with the commands of the host. */
export const fleetSettingsSection: Section = {
  profiles: ['agent', 'fleet-server'],
  fields: ['fleetUrl', 'agent'],
  rules: [],
  render: renderFleetSettings,
};

/** The systems whose paths differ from those of Linux and containers. */
const OWN_PATHS: { readonly [os in OperatingSystem]?: string } = { macos: 'macOS', windows: 'Windows' };

function renderFleetSettings({ deployment }: KitRequest): KitPart {
  // The Fleet Server host of an enrolled agent exists already, under an ID that the service does not know.
  if (deployment.fleetUrl === '' || deployment.agent.alreadyEnrolled) return {};
  const proxy = proxyOf(deployment);
  const ssl = hostSsl(deployment);
  const address = new URL(deployment.fleetUrl).host;
  const system = ssl === undefined ? undefined : OWN_PATHS[deployment.os];
  const host = withoutUndefined({
    id: slug(['fleetseal', address, system].join(' ')),
    name: `Fleet Server at ${address}${system === undefined ? '' : ` for ${system}`}`,
    host_urls: [deployment.fleetUrl],
    proxy_id: proxy?.id,
    ssl,
  });
  return {
    fleetSettings: withoutUndefined({
      proxy: proxy && kibanaApi('proxies', proxy),
      fleetServerHost: kibanaApi('fleet_server_hosts', host),
    }),
    notes: fleetSettingsNotes(deployment, { ssl: ssl !== undefined, proxy: proxy !== undefined }),
  };
}

/**
 * The proxy between agents and Fleet Server, without a certificate, which would replace that of the output (kibana,
 * full_agent_policy.ts). On a Fleet Server host, `--proxy-url` is the proxy to Elasticsearch, which agents do not use.
 */
function proxyOf({ profile, agent }: ResolvedDeployment) {
  const { url, headers } = agent.proxy;
  if (url === undefined || profile === 'fleet-server') return undefined;
  const id = `fleetseal-${slug(new URL(url).host)}`;
  return { id, name: id, url, proxy_headers: headers };
}

/** By the names of kibana, fleet/server/types/rest_spec/fleet_server_policy_config.ts; undefined if Fleet has none. */
function hostSsl(deployment: ResolvedDeployment): Readonly<Record<string, unknown>> | undefined {
  // There is no field for a passphrase, without which the key could not be read. Agents replace no variables here, so
  // hosts with different paths keep those of their flags.
  if (deployment.keyPassphraseFile !== undefined || deployment.directoryVariable !== undefined)
    return undefined;
  if (!has(deployment.stackVersion, 'fleetServerHostSsl')) return undefined;
  return deployment.profile === 'fleet-server' ? serverSsl(deployment) : agentSsl(deployment);
}

/**
 * Only for the client of Elasticsearch. Kibana writes the fields of the listener to the input's `ssl`, which Fleet
 * Server does not read: it reads `server.ssl`, which comes from the flags (full_agent_policy.ts,
 * generateSSLConfigForFleetServerInput; fleet-server, config/input.go; elastic-agent, fleet_server_bootstrap.go).
 */
function serverSsl(deployment: ResolvedDeployment) {
  const { certificate, key } = deployment.paths;
  const { elasticsearch, showsCertificate } = deployment.fleetServer;
  const ssl = withoutUndefined({
    es_certificate_authorities: elasticsearch.ca === undefined ? undefined : [elasticsearch.ca],
    es_certificate: showsCertificate ? certificate : undefined,
    es_key: showsCertificate ? key : undefined,
  });
  return Object.keys(ssl).length === 0 ? undefined : ssl;
}

function agentSsl(deployment: ResolvedDeployment) {
  if (!has(deployment.stackVersion, 'fleetServerHostAgentSsl')) return undefined;
  const { certificate, key, authorities } = deployment.paths;
  const { fleetServer } = authorities;
  return withoutUndefined({
    agent_certificate_authorities: fleetServer === undefined ? undefined : [fleetServer],
    agent_certificate: certificate,
    agent_key: key,
  });
}
