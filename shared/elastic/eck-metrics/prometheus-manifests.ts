import type { Eck } from '../deployment/eck-operator.ts';
import { bound, type Manifest, RBAC } from '../kubernetes/manifest.ts';

/** What Prometheus needs to scrape, however ECK was installed: the roots, and the right to read `/metrics`. */
export function prometheusManifests(eck: Eck, rootsPem: string): readonly Manifest[] {
  const reader = `${eck.operatorName}-metrics-reader`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: eck.caSecretName, namespace: eck.prometheusNamespace },
      type: 'Opaque',
      // The roots are not secret. It is a Secret because `spec.secrets` mounts nothing else.
      stringData: { 'ca.crt': rootsPem },
    },
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
      ...bound('ClusterRole', reader, eck.prometheusServiceAccount, eck.prometheusNamespace),
    },
  ];
}
