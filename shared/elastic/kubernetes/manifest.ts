/** The API group of roles and their bindings. */
export const RBAC = 'rbac.authorization.k8s.io';

/** A resource of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The fields of a binding of either kind, which gives the role to the service account. */
export function bound(kind: 'ClusterRole' | 'Role', role: string, serviceAccount: string, namespace: string) {
  return {
    roleRef: { apiGroup: RBAC, kind, name: role },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
  };
}
