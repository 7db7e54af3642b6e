import * as z from 'zod/mini';
import type { Asked } from './asked.ts';
import { flag, number, text } from './field.ts';
import { about } from './words.ts';

/** The newest release of the operator that the kit was checked against. */
export const NEWEST_ECK = '3.5.0';

/** How the operator may be installed. */
export const INSTALLS = ['helm', 'manifests'] as const;

/** Whose Prometheus scrapes, which decides its names, and where it may read the roots and its token. */
export const PROMETHEUS_FLAVORS = ['kube-prometheus', 'kube-prometheus-stack', 'openshift'] as const;

/** The workloads that ECK creates from a resource of kind Agent, by the names of its fields. */
export const WORKLOAD_KINDS = ['daemonSet', 'deployment', 'statefulSet'] as const;

/** `deployment.eck`: the operator, its Agents, and the Prometheus that scrapes it. */
export const ECK = z.strictObject({
  eckVersion: text,
  install: text,
  helmRelease: text,
  operatorName: text,
  operatorNamespace: text,
  clusterDomain: text,
  prometheusFlavor: text,
  prometheusName: text,
  prometheusNamespace: text,
  prometheusServiceAccount: text,
  secretName: text,
  caSecretName: text,
  metricsPort: number,
  kubeRbacProxyImage: text,
  jobImage: text,
  enterpriseLicense: flag,
  workloadKind: text,
});

/** @see ECK */
export type EckSettings = Asked<typeof ECK>;

export const ECK_DEFAULTS = {
  eckVersion: NEWEST_ECK,
  install: 'helm',
  helmRelease: 'elastic-operator',
  operatorName: 'elastic-operator',
  operatorNamespace: 'elastic-system',
  clusterDomain: 'cluster.local',
  prometheusFlavor: 'kube-prometheus',
  prometheusName: 'k8s',
  prometheusNamespace: 'monitoring',
  prometheusServiceAccount: 'prometheus-k8s',
  caSecretName: 'eck-metrics-tls-ca',
  // As operators usually serve secured metrics; from 3.6.0, the health probes take 8081.
  metricsPort: 8443,
} as const;

/* @__PURE__ */ about(
  ECK,
  () => ({
    eckVersion: {
      description:
        'Version of the operator, three numbers; for its metrics at least 2.12.0, or 2.15.0 if Helm installed it. If omitted, a note says so.',
    },
    install: { description: 'How the operator was installed.', enum: INSTALLS },
    helmRelease: { description: 'Name of the Helm release.' },
    operatorName: {
      description: "Name of the operator's StatefulSet (the chart's fullnameOverride).",
    },
    operatorNamespace: { description: 'Namespace of the operator.' },
    clusterDomain: { description: 'DNS domain of the cluster.' },
    prometheusFlavor: {
      description: 'Which Prometheus scrapes; sets its names. openshift: monitoring of user workloads.',
      enum: PROMETHEUS_FLAVORS,
    },
    prometheusName: { description: 'Name of the resource of kind Prometheus.' },
    prometheusNamespace: { description: 'Namespace of Prometheus.' },
    prometheusServiceAccount: {
      description: 'Service account of Prometheus, which gets the right to read the metrics.',
    },
    secretName: {
      description:
        "Secret with the certificate and its key, in the operator's namespace, by default eck-metrics-tls-certificate; with container.runtime eck in that of the Agent, by default its name and -fleetseal.",
      examples: ['eck-metrics-tls-certificate'],
    },
    caSecretName: {
      description: 'Secret with the roots, in the namespace of Prometheus.',
    },
    metricsPort: {
      description:
        "Port that Prometheus scrapes; not 9443, the webhook's, and from ECK 3.6.0 not 8081, the health probes'.",
      minimum: 1024,
      maximum: 65_535,
    },
    kubeRbacProxyImage: {
      description: 'Image of kube-rbac-proxy. Required before ECK 2.16.0, refused from then on.',
      examples: ['quay.io/brancz/kube-rbac-proxy:v0.18.2'],
    },
    jobImage: {
      description:
        'Image with sh, kubectl, openssl and curl, for the CronJob that renews the certificate. If omitted, there is none, and a note says so.',
      examples: ['registry.example.com/tools:1'],
    },
    enterpriseLicense: {
      description:
        'Only with container.runtime eck: whether the operator has an Enterprise licence or trial, without which ECK manages no client certificates. If omitted, true is assumed, and a note says so.',
      examples: [true],
    },
    workloadKind: {
      description:
        'Only with container.runtime eck: what ECK makes of the Agent. By default daemonSet, for Fleet Server deployment.',
      enum: WORKLOAD_KINDS,
    },
  }),
  ECK_DEFAULTS,
);
