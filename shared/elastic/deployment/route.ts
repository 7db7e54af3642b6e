import type { ProfileName } from '../../domain/profile.ts';
import type { Deployment } from './deployment.ts';
import type { TrustPeer } from './fields/trust.ts';
import { isProxied } from './proxy.ts';

/** The peers that the holder of a certificate of `profile` reaches through a terminating proxy. */
export function peersAtProxy(deployment: Deployment, profile: ProfileName): readonly TrustPeer[] {
  if (!isProxied(deployment) || profile === 'proxy') return [];
  return deployment.model === 'cloud-proxy' ? ['fleetServer', 'elasticsearch'] : ['elasticsearch'];
}

/**
 * The deployment as the holder of a certificate of `profile` sees it. It reaches servers behind a terminating proxy at
 * the proxy's addresses and verifies them with the proxy's CA; the proxy itself verifies Elastic Cloud, by default with
 * the system's CAs. A forward proxy in front of Fleet Server is the agent's `--proxy-url`.
 */
export function routed(deployment: Deployment, profile: ProfileName): Deployment {
  if (!isProxied(deployment)) return forwarded(deployment, profile);
  const { model, proxy, trust = {} } = deployment;
  if (profile === 'proxy') {
    const { fleetServer = 'system', elasticsearch = 'system' } = trust;
    return { ...deployment, trust: { ...trust, fleetServer, elasticsearch } };
  }
  const atProxy = Object.fromEntries(peersAtProxy(deployment, profile).map((peer) => [peer, trust.proxy]));
  const behind = { ...deployment, trust: { ...trust, ...atProxy } };
  return model === 'cloud-proxy' ? { ...behind, fleetUrl: proxy?.fleetUrl } : behind;
}

function forwarded(deployment: Deployment, profile: ProfileName): Deployment {
  const { proxy, agent = {} } = deployment;
  if (proxy?.kind !== 'forward' || profile !== 'agent') return deployment;
  return { ...deployment, agent: { ...agent, proxy: { ...agent.proxy, url: proxy.fleetUrl } } };
}
