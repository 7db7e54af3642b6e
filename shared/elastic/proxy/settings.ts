import type { Deployment } from '../deployment.ts';

/** What a proxy does with the TLS of the agents: see {@link ProxyDeployment.kind}. */
export const PROXY_KINDS = ['terminating', 'forward'] as const;

/** The proxy of a deployment, as the caller sends it. Addresses are origins: scheme, host and port. */
export interface ProxyDeployment {
  /**
   * `terminating`: agents connect to the proxy with mutual TLS, and it opens its own connections to Elastic Cloud.
   * `forward`: the proxy passes connections on (HTTP CONNECT) to other servers. @default terminating
   */
  readonly kind?: string | undefined;
  /** Where agents reach Fleet Server: `https://` of a terminating proxy, or the address of a forward proxy. */
  readonly fleetUrl?: string | undefined;
  /** Where agents, and a Fleet Server on premises, reach Elasticsearch. */
  readonly elasticsearchUrl?: string | undefined;
  /** What a terminating proxy connects to. */
  readonly upstream?: ProxyUpstream | undefined;
}

interface ProxyUpstream {
  /** @default - the deployment's fleetUrl in the model cloud-proxy */
  readonly fleetUrl?: string | undefined;
  readonly elasticsearchUrl?: string | undefined;
}

/** The models in which a terminating proxy stands in front of Elastic Cloud. */
const PROXIED_MODELS: readonly (string | undefined)[] = ['cloud-proxy', 'on-premises-hosted-elasticsearch'];

/** Whether a terminating proxy stands in front of Elastic Cloud, judged only by the model. */
export function isProxied({ model }: Deployment): boolean {
  return PROXIED_MODELS.includes(model);
}

/** The addresses on one side of the proxy. */
export interface Route {
  readonly fleetUrl: string | undefined;
  readonly elasticsearchUrl: string | undefined;
}

/** The addresses of the proxy that clients use; only those that the model has. */
export function frontOf({ model, proxy = {} }: Deployment): Route {
  return {
    fleetUrl: model === 'cloud-proxy' ? proxy.fleetUrl : undefined,
    elasticsearchUrl: proxy.elasticsearchUrl,
  };
}

/** The addresses of Elastic Cloud behind the proxy. */
export function upstreamOf({ model, proxy = {}, fleetUrl }: Deployment): Route {
  const own = fleetUrl === proxy.fleetUrl ? undefined : fleetUrl;
  const { upstream = {} } = proxy;
  return {
    fleetUrl: model === 'cloud-proxy' ? (upstream.fleetUrl ?? own) : undefined,
    elasticsearchUrl: upstream.elasticsearchUrl,
  };
}
