import type { TrustPeer } from '../deployment/fields/trust.ts';
import { inDirectory, kitFileNames } from '../deployment/kit-paths.ts';
import { isProxied } from '../deployment/proxy.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { publicPlace } from '../files/access.ts';
import { certificateFile, HOST_KEY, rootsFile, trustFile } from '../files/certificate.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { KitFile } from '../kit/kit-file.ts';
import type { Section } from '../kit/section.ts';
import { apacheConf } from './apache.ts';
import { caddyfile } from './caddy.ts';
import { envoyYaml } from './envoy.ts';
import { haproxyCfg } from './haproxy.ts';
import { nginxConf } from './nginx.ts';
import { clientNotes, forwardNote, terminatorNotes } from './notes.ts';
import { originOf } from './origin.ts';
import { HOLD, MAX_BODY, type ProxyPlan, type ProxyService } from './plan.ts';
import { refreshCommands, revocationFiles, revocationPlan } from './revocation.ts';
import { proxyRules, terminatorRules } from './rules.ts';
import { traefikFiles } from './traefik.ts';

/*
 * A terminating proxy in front of Elastic Cloud (profile proxy), and the clients that reach Fleet Server or
 * Elasticsearch through it.
 *
 * - Renders whole configurations for nginx, HAProxy, Envoy, Apache httpd, Caddy and Traefik from one plan (plan.ts):
 *   mutual TLS with clients, revocation lists checked, and a verified connection of its own to Elastic Cloud. Caddy and
 *   Traefik cannot check revocation lists, and a note says so.
 * - Without revocation lists a proxy does not start, and with expired ones it refuses every client: the kit has the
 *   script that fetches them, and the timer that keeps them fresh.
 * - Headers with which a client could claim to be somebody else are removed.
 * - For clients this section has only notes: deployment/route.ts gives them the proxy's addresses and CA.
 * - A forward proxy only passes connections on; it is the agent's `--proxy-url`, and a note says so.
 */

/** The clients of a proxy: `routed` gives their addresses and CAs, this section their notes. */
export const throughProxySection: Section = {
  profiles: ['agent', 'fleet-server', 'output-client'],
  fields: ['proxy'],
  rules: [proxyRules],
  render: ({ deployment }) => {
    if (isProxied(deployment)) return { notes: clientNotes(deployment) };
    return deployment.proxy === undefined ? {} : { notes: [forwardNote] };
  },
};

/** The proxy itself. */
export const proxySection: Section = {
  profiles: ['proxy'],
  fields: ['proxy', 'fleetUrl'],
  rules: [proxyRules, terminatorRules],
  render: renderProxy,
};

function renderProxy(request: KitRequest): KitPart {
  const { deployment, certificate } = request;
  const plan = planOf(deployment, request.revocationUrl);
  const refreshed = plan.revocation && refreshCommands(deployment);
  return {
    files: [...files(request), ...revocationFiles(deployment, plan, request.revocationUrl)],
    proxy: {
      nginx: nginxConf(plan),
      haproxy: haproxyCfg(plan),
      envoy: envoyYaml(plan),
      apache: apacheConf(plan),
      caddy: caddyfile(plan),
      traefik: traefikFiles(plan),
      ...(refreshed === undefined ? {} : { revocationLists: refreshed }),
    },
    notes: terminatorNotes(deployment, plan, certificate),
  };
}

/** The account of HAProxy's packages; its image already runs as that account. */
const ACCOUNTS = { linux: 'haproxy', macos: 'nobody', windows: undefined, container: undefined } as const;

/**
 * What the proxy of a deployment does.
 *
 * @param revocationUrl - see {@link KitRequest.revocationUrl}
 */
export function planOf(deployment: ResolvedDeployment, revocationUrl?: string): ProxyPlan {
  const names = kitFileNames('proxy');
  const { front, upstream } = deployment.proxy ?? {};
  const services = [
    service('fleet', front?.fleetUrl, upstream?.fleetUrl, upstreamCa(deployment, 'fleetServer')),
    service(
      'elasticsearch',
      front?.elasticsearchUrl,
      upstream?.elasticsearchUrl,
      upstreamCa(deployment, 'elasticsearch'),
    ),
  ];
  return {
    certificate: inDirectory(deployment, names.certificate),
    key: inDirectory(deployment, names.key),
    clientCa: inDirectory(deployment, names.ca),
    revocation: revocationUrl === undefined ? undefined : revocationPlan(deployment),
    services: services.filter((each) => each !== undefined),
    hold: HOLD,
    account: ACCOUNTS[deployment.os],
  };
}

function service(
  name: ProxyService['name'],
  front: string | undefined,
  upstream: string | undefined,
  ca: string,
): ProxyService | undefined {
  const [from, to] = [front, upstream].map((url) => (url === undefined ? undefined : originOf(url)));
  if (from === undefined || to === undefined) return undefined;
  const { host, port } = from;
  return { name, host, port, maxBody: MAX_BODY[name], upstream: { host: to.host, port: to.port, ca } };
}

/** The system's CAs in one file, as on Debian; the note `system_ca_file` has the path for other systems. */
function upstreamCa(deployment: ResolvedDeployment, peer: TrustPeer): string {
  const system = deployment.os === 'macos' ? '/etc/ssl/cert.pem' : '/etc/ssl/certs/ca-certificates.crt';
  return deployment.paths.authorities[peer] ?? system;
}

function files({ deployment, certificate }: KitRequest): readonly KitFile[] {
  const names = kitFileNames('proxy');
  const all: readonly (KitFile | false)[] = [
    certificateFile(deployment, certificate, 'the certificate of the proxy, followed by its issuers'),
    {
      ...publicPlace(deployment, names.key),
      ...HOST_KEY,
      mode: '0600',
      purpose: 'the private key, created on this host',
    },
    rootsFile(deployment, certificate, "fleetseal's roots, which verify clients"),
    // The servers on Elastic Cloud.
    trustFile(deployment, 'fleetServer'),
    trustFile(deployment, 'elasticsearch'),
  ];
  return all.filter((file) => file !== false);
}
