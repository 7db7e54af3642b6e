import { type Eck, metricsReader, rootsNamespace } from '../deployment/eck-operator.ts';
import { bound, type Manifest, RBAC } from '../kubernetes/manifest.ts';
import { readerAccount } from './service-monitor.ts';

/** What Prometheus needs to scrape, however ECK was installed: the roots, and the right to read `/metrics`. */
export function prometheusManifests(eck: Eck, rootsPem: string): readonly Manifest[] {
  const reader = metricsReader(eck);
  const [account, namespace] = eck.openshift
    ? [reader, eck.operatorNamespace]
    : [eck.prometheusServiceAccount, eck.prometheusNamespace];
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: eck.caSecretName, namespace: rootsNamespace(eck) },
      type: 'Opaque',
      // The roots are not secret. It is a Secret because `spec.secrets` mounts nothing else.
      stringData: { 'ca.crt': rootsPem },
    },
    ...(eck.openshift ? readerAccount(eck) : []),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: reader },
      rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: reader },
      ...bound('ClusterRole', reader, account, namespace),
    },
  ];
}
