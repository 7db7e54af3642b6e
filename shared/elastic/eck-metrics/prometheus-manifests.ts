import type { Eck } from './eck.ts';

/** A resource of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

const RBAC = 'rbac.authorization.k8s.io';

/** What Prometheus needs to scrape, however ECK was installed: the roots, and the right to read `/metrics`. */
export function prometheusManifests(eck: Eck, rootsPem: string): readonly Manifest[] {
  const reader = `${eck.operatorName}-metrics-reader`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: eck.caSecretName, namespace: eck.prometheusNamespace },
      type: 'Opaque',
      // Nothing secret: the roots alone. It is a Secret since `spec.secrets` mounts no other kind.
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

/** What a binding of either kind says: that role, for that service account. */
export function bound(kind: 'ClusterRole' | 'Role', role: string, serviceAccount: string, namespace: string) {
  return {
    roleRef: { apiGroup: RBAC, kind, name: role },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
  };
}
