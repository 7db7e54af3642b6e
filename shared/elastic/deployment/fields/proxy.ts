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

/** What a proxy does with the TLS of the agents: see {@link ProxyDeployment.kind}. */
export const PROXY_KINDS = ['terminating', 'forward'] as const;
