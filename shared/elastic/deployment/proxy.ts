import type { Deployment } from './deployment.ts';
import { canonicalUrl } from './url-port.ts';

/** The models in which a terminating proxy stands in front of Elastic Cloud. */
const PROXIED_MODELS: readonly (string | undefined)[] = ['cloud-proxy', 'on-premises-hosted-elasticsearch'];

/** Whether a terminating proxy stands in front of Elastic Cloud, judged only by the model. */
export function isProxied({ model }: Pick<Deployment, 'model'>): boolean {
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
  const own = isSame(fleetUrl, proxy.fleetUrl) ? undefined : fleetUrl;
  const { upstream = {} } = proxy;
  return {
    fleetUrl: model === 'cloud-proxy' ? (upstream.fleetUrl ?? own) : undefined,
    elasticsearchUrl: upstream.elasticsearchUrl,
  };
}

/** Whether two addresses behind or in front of a proxy, whose port is 443 unless they say another, are the same. */
export function isSame(one: string | undefined, other: string | undefined): boolean {
  return (
    one === other || (one !== undefined && other !== undefined && canonicalUrl(one) === canonicalUrl(other))
  );
}

/** The proxy of a deployment that broke no rule. */
export interface ResolvedProxy {
  /** Of a forward proxy its own, as the caller sent it; of a terminating one also where the model does not use it. */
  readonly fleetUrl: string | undefined;
  readonly front: Route;
  readonly upstream: Route;
  /** Whether `fleetUrl` of the deployment is another address, which clients behind the proxy do not use. */
  readonly hidesFleetUrl: boolean;
}

/** Undefined if the deployment has none. */
export function resolveProxy(asked: Deployment): ResolvedProxy | undefined {
  const { proxy, fleetUrl } = asked;
  if (proxy === undefined) return undefined;
  return {
    fleetUrl: proxy.fleetUrl,
    front: frontOf(asked),
    upstream: upstreamOf(asked),
    hidesFleetUrl:
      fleetUrl !== undefined && fleetUrl !== proxy.fleetUrl && fleetUrl !== proxy.upstream?.fleetUrl,
  };
}
