import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { ResolvedDeployment } from '../../../../shared/elastic/deployment/resolved-deployment.ts';
import type { Kit, KitRequest } from '../../../../shared/elastic/kit/kit.ts';
import type { ProxyConfigurations } from '../../../../shared/elastic/kit/proxy-configurations.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import type { FieldError } from '../../../../shared/errors/app-error.ts';
import type { Subject } from '../agent/kits.ts';
import { certificateOf, refusalOf } from '../rendering.ts';

export const UPSTREAM = {
  fleetUrl: 'https://abc.fleet.eu.elastic.cloud',
  elasticsearchUrl: 'https://abc.es.eu.elastic.cloud:9243',
};

export const PROXY = {
  fleetUrl: 'https://fleet-proxy.example.com:8220',
  elasticsearchUrl: 'https://es-proxy.example.com:9200',
  upstream: UPSTREAM,
};

export const CERTIFICATE = certificateOf({ name: 'proxy-01', keyKind: 'rsa' });

/** Of a proxy in front of Elastic Cloud: the least that makes its kit. */
const MINIMAL: Deployment = { model: 'cloud-proxy', os: 'linux', proxy: PROXY };

export function proxyResolved(deployment: Deployment = {}, subject: Subject = {}): ResolvedDeployment {
  const { profile = 'proxy', keyKind = 'rsa' } = subject;
  return checkDeployment({ ...MINIMAL, ...deployment }, { profile, keyKind });
}

export function proxyRefusals(deployment: Deployment, subject?: Subject): readonly FieldError[] {
  return refusalOf(() => proxyResolved(deployment, subject)).errors;
}

/** @param more - what differs from a service that publishes revocation data, and from the usual certificate */
export function proxyKit(
  deployment: Deployment = {},
  more: Partial<Omit<KitRequest, 'deployment'>> = {},
): Kit & { readonly proxy: ProxyConfigurations } {
  const { proxy, ...kit } = renderKit({
    deployment: proxyResolved(deployment),
    certificate: CERTIFICATE,
    revocationUrl: 'http://pki.example.com',
    ...more,
  });
  if (proxy === undefined) throw new Error('no kit of a proxy');
  return { ...kit, proxy };
}

export const HOSTED = 'on-premises-hosted-elasticsearch';

export function codes({
  notes,
}: {
  readonly notes: readonly { readonly code: string }[];
}): readonly string[] {
  return notes.map(({ code }) => code);
}

/** The lines that hold `word`, trimmed. */
export function linesWith(text: string, word: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes(word));
}
