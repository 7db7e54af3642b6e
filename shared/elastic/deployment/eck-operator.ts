import { withoutUndefined } from '../../domain/without-undefined.ts';
import { eckVersionOf } from './eck.ts';
import { ECK_DEFAULTS, type EckSettings, INSTALLS, type PROMETHEUS_FLAVORS } from './fields/eck.ts';
import { isBefore, type StackVersion } from './versions.ts';

/** An operator whose settings broke no rule, with their defaults. */
export interface Eck {
  readonly version: StackVersion;
  /** Whether the caller gave the version. */
  readonly versionKnown: boolean;
  readonly install: (typeof INSTALLS)[number];
  readonly helmRelease: string;
  readonly operatorName: string;
  readonly operatorNamespace: string;
  readonly clusterDomain: string;
  /** Whether Prometheus may read no files, nor be changed: it belongs to OpenShift. */
  readonly openshift: boolean;
  /** Whether the names are those of the chart kube-prometheus-stack. */
  readonly prometheusStack: boolean;
  readonly prometheusName: string;
  readonly prometheusNamespace: string;
  readonly prometheusServiceAccount: string;
  readonly secretName: string;
  readonly caSecretName: string;
  readonly metricsPort: number;
  readonly kubeRbacProxyImage: string | undefined;
  readonly jobImage: string | undefined;
}

/** The first version whose chart and documentation have secured metrics, with a sidecar (elastic.co, ECK 2.12). */
export const FIRST_SECURED: StackVersion = { major: 2, minor: 12, patch: 0 };

/** The first version whose operator secures its metrics itself (`metrics-secure`, elastic/cloud-on-k8s#8302). */
const FIRST_NATIVE: StackVersion = { major: 2, minor: 16, patch: 0 };

/** The first version whose chart can render a ServiceMonitor that verifies (elastic/cloud-on-k8s#8075). */
export const FIRST_CHART: StackVersion = { major: 2, minor: 15, patch: 0 };

/** The health probes of the operator, in the same pod (chart value `probes.port`, flag `probes-bind-address`). */
export const PROBES = { port: 8081, from: { major: 3, minor: 6, patch: 0 } } as const satisfies {
  readonly port: number;
  readonly from: StackVersion;
};

/** Where the admission webhook listens, in the same pod (chart value `webhook.port`). */
export const WEBHOOK_PORT = 9443;

/** Fills in the defaults of settings that broke no rule. */
export function resolveEck(asked: EckSettings = {}): Eck {
  return {
    ...resolveEckNames(asked),
    version: eckVersionOf(asked),
    versionKnown: asked.eckVersion !== undefined,
    openshift: asked.prometheusFlavor === 'openshift',
    prometheusStack: asked.prometheusFlavor === 'kube-prometheus-stack',
    install: INSTALLS.find((known) => known === asked.install) ?? ECK_DEFAULTS.install,
    kubeRbacProxyImage: asked.kubeRbacProxyImage,
    jobImage: asked.jobImage,
  };
}

/** With the usual names: rules compare them before the other settings are known to be valid. */
export function resolveEckNames(asked: EckSettings) {
  const ofFlavor = Object.entries(FLAVOR_NAMES).find(([flavor]) => flavor === asked.prometheusFlavor)?.[1];
  const names = { secretName: 'eck-metrics-tls-certificate', ...ECK_DEFAULTS, ...ofFlavor };
  return { ...names, ...withoutUndefined(asked) };
}

interface FlavorNames {
  readonly prometheusName: string;
  readonly prometheusNamespace: string;
  readonly prometheusServiceAccount: string;
}

/** The names that differ from the defaults, of a release that is called like the chart (its templates/_helpers.tpl). */
const FLAVOR_NAMES: Partial<Readonly<Record<(typeof PROMETHEUS_FLAVORS)[number], FlavorNames>>> = {
  'kube-prometheus-stack': {
    prometheusName: 'kube-prometheus-stack-prometheus',
    prometheusNamespace: 'monitoring',
    prometheusServiceAccount: 'kube-prometheus-stack-prometheus',
  },
};

/** The namespace of the Secret with the roots. */
export function rootsNamespace({
  openshift,
  operatorNamespace,
  prometheusNamespace,
}: Pick<Eck, 'openshift' | 'operatorNamespace' | 'prometheusNamespace'>): string {
  return openshift ? operatorNamespace : prometheusNamespace;
}

/** The role that may read `/metrics`, and for OpenShift the account that has it. */
export function metricsReader({ operatorName }: Pick<Eck, 'operatorName'>): string {
  return `${operatorName}-metrics-reader`;
}

/** The Secret with the token of that account. */
export function readerTokenName(eck: Pick<Eck, 'operatorName'>): string {
  return `${metricsReader(eck)}-token`;
}

/** Whether the operator itself serves TLS; in earlier versions, kube-rbac-proxy does. */
export function isNative(version: StackVersion): boolean {
  return !isBefore(version, FIRST_NATIVE);
}

/** The name of the Service, in chart and manifests. */
export function serviceName(eck: Pick<Eck, 'operatorName'>): string {
  return `${eck.operatorName}-metrics`;
}

/** The name that Prometheus checks: it connects to pod addresses and compares this (chart, service-monitor.yaml). */
export function serverName(eck: Pick<Eck, 'operatorName' | 'operatorNamespace'>): string {
  return `${serviceName(eck)}.${eck.operatorNamespace}.svc`;
}

/** Where the Prometheus operator mounts the CA Secret (API of Prometheus, `spec.secrets`). */
export const CA_MOUNT_DIRECTORY = '/etc/prometheus/secrets';
