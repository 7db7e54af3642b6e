import type { Deployment } from './deployment.ts';
import type { OutputSettings } from './fields/outputs.ts';
import { canonicalHostPort } from './host-port.ts';
import { canonicalUrl } from './url-port.ts';

/**
 * A deployment with the addresses of its servers in the form that every reader takes alike. That of a forward proxy,
 * which may hold a login, stays as it is.
 */
export function withCanonicalAddresses(asked: Deployment): Deployment {
  const { fleetUrl, fleetServer, proxy, outputs } = asked;
  return {
    ...asked,
    fleetUrl: canonical(fleetUrl),
    fleetServer: fleetServer && {
      ...fleetServer,
      elasticsearchUrl: canonical(fleetServer.elasticsearchUrl),
    },
    proxy: proxy?.kind === 'forward' ? proxy : proxy && canonicalProxy(proxy),
    outputs: outputs?.map((output) => ({ ...output, hosts: output.hosts?.map(hostIn(output)) })),
  };
}

function canonicalProxy(proxy: NonNullable<Deployment['proxy']>) {
  const { upstream } = proxy;
  return { ...proxy, ...canonicalRoute(proxy), upstream: upstream && canonicalRoute(upstream) };
}

function canonicalRoute({ fleetUrl, elasticsearchUrl }: NonNullable<Deployment['proxy']>) {
  return { fleetUrl: canonical(fleetUrl), elasticsearchUrl: canonical(elasticsearchUrl) };
}

function canonical(url: string | undefined): string | undefined {
  return url === undefined ? undefined : canonicalUrl(url);
}

function hostIn({ type }: OutputSettings): (host: string) => string {
  return type === 'logstash' || type === 'kafka' ? canonicalHostPort : (host) => canonicalUrl(host);
}
