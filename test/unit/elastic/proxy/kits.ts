import {
  checkDeployment,
  type Deployment,
  type ResolvedDeployment,
} from '../../../../shared/elastic/deployment.ts';
import { type Kit, type KitCertificate, renderKit } from '../../../../shared/elastic/kit.ts';
import type { ProxyConfigurations } from '../../../../shared/elastic/proxy/section.ts';
import { AppError, type FieldError } from '../../../../shared/errors/app-error.ts';
import { PEM, type Subject } from '../deployments.ts';

export const UPSTREAM = {
  fleetUrl: 'https://abc.fleet.eu.elastic.cloud',
  elasticsearchUrl: 'https://abc.es.eu.elastic.cloud:9243',
};

export const PROXY = {
  fleetUrl: 'https://fleet-proxy.example.com:8220',
  elasticsearchUrl: 'https://es-proxy.example.com:9200',
  upstream: UPSTREAM,
};

export const CERTIFICATE: KitCertificate = {
  name: 'proxy-01',
  keyKind: 'rsa',
  certificatePem: PEM.leaf,
  chainPem: [PEM.issuer],
  caBundlePem: PEM.root,
};

/** Of a proxy in front of Elastic Cloud: the least that makes its kit. */
const MINIMAL: Deployment = { model: 'cloud-proxy', os: 'linux', proxy: PROXY };

export function proxyResolved(deployment: Deployment = {}, subject: Subject = {}): ResolvedDeployment {
  const { profile = 'proxy', keyKind = 'rsa' } = subject;
  return checkDeployment({ ...MINIMAL, ...deployment }, { profile, keyKind });
}

export function proxyRefusals(deployment: Deployment, subject?: Subject): readonly FieldError[] {
  try {
    proxyResolved(deployment, subject);
  } catch (error) {
    if (error instanceof AppError) return error.errors;
    throw error;
  }
  throw new Error('the deployment was not refused');
}

export function proxyKit(deployment: Deployment = {}): Kit & { readonly proxy: ProxyConfigurations } {
  const { proxy, ...kit } = renderKit({
    deployment: proxyResolved(deployment),
    certificate: CERTIFICATE,
  });
  if (proxy === undefined) throw new Error('no kit of a proxy');
  return { ...kit, proxy };
}
