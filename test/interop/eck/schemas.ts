import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { DaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { ClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import { ClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parse, parseAllDocuments } from 'yaml';
import { OPERATOR } from './operator.ts';
import { patched } from './strategic-merge.ts';

/**
 * The schemas of the resources that a kit may hold; validate() throws with the places that do not fit. Each takes its own
 * type, which a resource has only once it is valid.
 */
const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  'apps/v1 DaemonSet': DaemonSet,
  'apps/v1 Deployment': Deployment,
  'apps/v1 StatefulSet': StatefulSet,
  'batch/v1 CronJob': CronJob,
  'monitoring.coreos.com/v1 ServiceMonitor': ServiceMonitor,
  'rbac.authorization.k8s.io/v1 ClusterRole': ClusterRole,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': ClusterRoleBinding,
  'rbac.authorization.k8s.io/v1 Role': Role,
  'rbac.authorization.k8s.io/v1 RoleBinding': RoleBinding,
  'v1 ConfigMap': ConfigMap,
  'v1 Secret': Secret,
  'v1 Service': Service,
  'v1 ServiceAccount': ServiceAccount,
};

/** A resource, as far as every kind is the same. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export function resources(manifests: string): readonly Resource[] {
  return parseAllDocuments(manifests).map((document) => document.toJS());
}

/** The operator's StatefulSet as the kit's patch leaves it; undefined where the chart makes it. */
export function patchedOperator(commands: readonly string[]): Resource | undefined {
  const [, yaml] = commands.map((line) => /<<'PATCH'\n(.*)PATCH$/s.exec(line)).find((m) => m !== null) ?? [];
  return yaml === undefined ? undefined : (patched(OPERATOR, parse(yaml)) as Resource);
}

/** What the schema says against a resource; undefined where it fits. */
export function misfit(resource: Resource): string | undefined {
  const id = `${resource.apiVersion} ${resource.kind}`;
  const Model = MODELS[id];
  if (Model === undefined) return `${id}: no schema for it`;
  try {
    new Model(resource as never).validate();
    return undefined;
  } catch (error) {
    return `${id} ${resource.metadata.name}: ${error instanceof Error ? error.message : error}`;
  }
}
