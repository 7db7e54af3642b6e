import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { KubernetesParts } from '../../../shared/elastic/kit/kubernetes-parts.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';

export type Install = 'helm' | 'manifests';

/** What Prometheus looks for with the kit's defaults. */
export const SCRAPED = 'elastic-operator-metrics.elastic-system.svc';

export const NAMES = [SCRAPED, `${SCRAPED}.cluster.local`];

/** A release of each kind: the first, the last with kube-rbac-proxy, the first native one, and two later ones. */
export const VERSIONS = ['2.12.0', '2.15.0', '2.16.1', '3.0.0', '3.5.0'] as const;

export interface EckKit {
  /** For example `ECK 2.15.0 by helm for kube-prometheus`. */
  readonly name: string;
  readonly install: Install;
  readonly version: (typeof VERSIONS)[number];
  readonly kubernetes: KubernetesParts;
}

/** @param directory - of the administrator's files */
function eckKit(
  version: (typeof VERSIONS)[number],
  install: Install,
  directory: string,
  rootsPem: string,
  prometheusFlavor = 'kube-prometheus',
): EckKit {
  const old = version === '2.12.0' || version === '2.15.0';
  const kubeRbacProxyImage = 'registry.example.com/kube-rbac-proxy:v0.19.1';
  const eck = {
    eckVersion: version,
    prometheusFlavor,
    install,
    jobImage: 'registry.example.com/tools:1',
    ...(old ? { kubeRbacProxyImage } : {}),
  };
  const subject = { profile: 'eck-metrics', keyKind: 'p256', dnsNames: NAMES } as const;
  const deployment = checkDeployment({ model: 'eck-metrics', directory, eck }, subject);
  const certificate = { name: 'eck-metrics', certificatePem: '', chainPem: [], caBundlePem: rootsPem };
  const { kubernetes } = renderKit({ deployment, certificate: { ...certificate, ...subject } });
  if (kubernetes === undefined) throw new Error('the kit has no part for Kubernetes');
  return { name: `ECK ${version} by ${install} for ${prometheusFlavor}`, install, version, kubernetes };
}

export function allKits(directory: string, rootsPem: string): readonly EckKit[] {
  const installs: readonly Install[] = ['helm', 'manifests'];
  const kinds = VERSIONS.flatMap((version) => installs.map((by) => ({ version, by })));
  return (
    kinds
      // Its chart cannot render the ServiceMonitor, and a rule refuses it.
      .filter(({ version, by }) => version !== '2.12.0' || by !== 'helm')
      .map(({ version, by }) => eckKit(version, by, directory, rootsPem))
  );
}

/** The kits whose ServiceMonitor names Secrets in place of files. */
export function openshiftKits(directory: string, rootsPem: string): readonly EckKit[] {
  return (['helm', 'manifests'] as const).map((by) => eckKit('3.5.0', by, directory, rootsPem, 'openshift'));
}
