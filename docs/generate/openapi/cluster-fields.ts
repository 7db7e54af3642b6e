import { RUNTIMES } from '../../../shared/elastic/deployment/fields/container.ts';
import { INSTALLS, NEWEST_ECK, WORKLOAD_KINDS } from '../../../shared/elastic/deployment/fields/eck.ts';
import type { FieldWords } from './field-words.ts';

/** The words for `container` and `eck`, as part of `DEPLOYMENT_FIELDS`. */
export const CLUSTER_FIELDS: Readonly<Record<string, FieldWords>> = {
  container: { description: 'Only with os container.' },
  'container.runtime': {
    description: "What runs the container: Docker, Elastic's own manifests (kubernetes), or ECK's resources.",
    enum: RUNTIMES,
    default: 'docker',
  },
  'container.namespace': {
    description:
      "Namespace of the agents' pods; not for docker. By default kube-system (kubernetes), default (eck).",
    examples: ['kube-system'],
  },
  'container.workload': {
    description:
      'Name of the DaemonSet, or of the resource of kind Agent; not for docker. By default elastic-agent; with eck fleet-server, unless the profile is agent.',
    examples: ['elastic-agent'],
  },
  'container.tokenSecret': {
    description:
      "Secret in the pods' namespace that holds the bootstrap token of this service (token) and the address of the API (url); not for docker. By default fleetseal-token; with eck the Agent's name and -fleetseal-token.",
    examples: ['fleetseal-token'],
  },
  'container.image': {
    description:
      "Image: for docker the agent's, otherwise the one that enrolls, with sh, openssl, curl and sed, and kubectl for eck.",
    examples: ['registry.example.com/tools:1'],
  },
  'container.uid': {
    description:
      'Numeric id of the user that the agent runs as and that owns the key. By default 1000 (docker), 0 (kubernetes, eck).',
    minimum: 0,
    maximum: 2 ** 32 - 2,
    examples: [1000],
  },
  eck: {
    description:
      'The ECK operator whose metrics are scraped (profile and model eck-metrics), or that runs the Agent (container.runtime eck).',
  },
  'eck.eckVersion': {
    description:
      'Version of the operator, three numbers; for its metrics at least 2.12.0. If omitted, a note says so.',
    default: NEWEST_ECK,
  },
  'eck.install': { description: 'How the operator was installed.', enum: INSTALLS, default: 'helm' },
  'eck.helmRelease': { description: 'Name of the Helm release.', default: 'elastic-operator' },
  'eck.operatorName': {
    description: "Name of the operator's StatefulSet (the chart's fullnameOverride).",
    default: 'elastic-operator',
  },
  'eck.operatorNamespace': { description: 'Namespace of the operator.', default: 'elastic-system' },
  'eck.clusterDomain': { description: 'DNS domain of the cluster.', default: 'cluster.local' },
  'eck.prometheusName': { description: 'Name of the resource of kind Prometheus.', default: 'k8s' },
  'eck.prometheusNamespace': { description: 'Namespace of Prometheus.', default: 'monitoring' },
  'eck.prometheusServiceAccount': {
    description: 'Service account of Prometheus, which gets the right to read the metrics.',
    default: 'prometheus-k8s',
  },
  'eck.secretName': {
    description:
      "Secret with the certificate and its key, in the operator's namespace, by default eck-metrics-tls-certificate; with container.runtime eck in that of the Agent, by default its name and -fleetseal.",
    examples: ['eck-metrics-tls-certificate'],
  },
  'eck.caSecretName': {
    description: 'Secret with the roots, in the namespace of Prometheus.',
    default: 'eck-metrics-tls-ca',
  },
  'eck.metricsPort': {
    description: "Port that Prometheus scrapes; not 9443, the webhook's.",
    default: 8081,
    minimum: 1024,
    maximum: 65_535,
  },
  'eck.kubeRbacProxyImage': {
    description: 'Image of kube-rbac-proxy. Required before ECK 2.16.0, refused from then on.',
    examples: ['quay.io/brancz/kube-rbac-proxy:v0.18.2'],
  },
  'eck.jobImage': {
    description:
      'Image with sh, kubectl, openssl and curl, for the CronJob that renews the certificate. If omitted, there is none, and a note says so.',
    examples: ['registry.example.com/tools:1'],
  },
  'eck.enterpriseLicense': {
    description:
      'Only with container.runtime eck: whether the operator has an Enterprise licence or trial, without which ECK manages no client certificates. If omitted, true is assumed, and a note says so.',
    examples: [true],
  },
  'eck.workloadKind': {
    description:
      'Only with container.runtime eck: what ECK makes of the Agent. By default daemonSet, for Fleet Server deployment.',
    enum: WORKLOAD_KINDS,
  },
};
