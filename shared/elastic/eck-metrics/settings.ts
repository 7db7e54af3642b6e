import { isBefore, parseStackVersion, type StackVersion } from '../versions.ts';

/** How the ECK operator and the Prometheus that scrapes it are installed, as a caller says it. */
export interface EckSettings {
  /** `X.Y.Z` of the operator that runs. @default - {@link NEWEST_ECK}, and a note */
  readonly eckVersion?: string | undefined;
  /** `helm` or `manifests`. @default helm */
  readonly install?: string | undefined;
  /** @default elastic-operator */
  readonly helmRelease?: string | undefined;
  /** Of the operator's StatefulSet; the chart's `fullnameOverride`. @default elastic-operator */
  readonly operatorName?: string | undefined;
  /** @default elastic-system */
  readonly operatorNamespace?: string | undefined;
  /** @default cluster.local */
  readonly clusterDomain?: string | undefined;
  /** Of the resource of kind Prometheus. @default k8s */
  readonly prometheusName?: string | undefined;
  /** @default monitoring */
  readonly prometheusNamespace?: string | undefined;
  /** @default prometheus-k8s */
  readonly prometheusServiceAccount?: string | undefined;
  /**
   * Of the certificate and its key, in the operator's namespace. @default eck-metrics-tls-certificate; for an Agent of
   * ECK, in its namespace, its name and `-fleetseal`
   */
  readonly secretName?: string | undefined;
  /** Of the roots, in the namespace of Prometheus. @default eck-metrics-tls-ca */
  readonly caSecretName?: string | undefined;
  /** 1024 to 65535, where Prometheus scrapes. @default 8081 */
  readonly metricsPort?: number | undefined;
  /** Required before ECK 2.16: see {@link isNative}. */
  readonly kubeRbacProxyImage?: string | undefined;
  /** With kubectl, openssl, curl and sh. @default - no CronJob renews the certificate, and a note says so */
  readonly jobImage?: string | undefined;
  /** Only for Agents: whether the operator has an Enterprise licence, or a trial. @default - taken for true, and a note */
  readonly enterpriseLicense?: boolean | undefined;
  /**
   * Only for Agents: what ECK makes of the resource, `daemonSet`, `deployment` or `statefulSet`.
   * @default daemonSet, for Fleet Server deployment
   */
  readonly workloadKind?: string | undefined;
}

/** How the operator may be installed. */
export const INSTALLS = ['helm', 'manifests'] as const;

/** The same with its defaults. */
export interface Eck {
  readonly version: StackVersion;
  /** Whether the caller said the version. */
  readonly versionKnown: boolean;
  readonly install: (typeof INSTALLS)[number];
  readonly helmRelease: string;
  readonly operatorName: string;
  readonly operatorNamespace: string;
  readonly clusterDomain: string;
  readonly prometheusName: string;
  readonly prometheusNamespace: string;
  readonly prometheusServiceAccount: string;
  readonly secretName: string;
  readonly caSecretName: string;
  readonly metricsPort: number;
  readonly kubeRbacProxyImage: string | undefined;
  readonly jobImage: string | undefined;
}

/** The newest release of the operator that the kit was checked against. */
export const NEWEST_ECK = '3.5.0';

/** The first whose chart and documentation know secured metrics, by a sidecar (elastic.co, ECK 2.12). */
export const FIRST_SECURED: StackVersion = { major: 2, minor: 12, patch: 0 };

/** The first whose operator secures its metrics itself (`metrics-secure`, elastic/cloud-on-k8s#8302). */
const FIRST_NATIVE: StackVersion = { major: 2, minor: 16, patch: 0 };

/** Where the admission webhook listens, in the same pod (chart value `webhook.port`). */
export const WEBHOOK_PORT = 9443;

/** Fills in the defaults of settings that broke no rule. */
export function resolveEck(asked: EckSettings = {}): Eck {
  const version = parseStackVersion(asked.eckVersion ?? NEWEST_ECK);
  if (version === undefined) throw new RangeError(`not a version: ${asked.eckVersion}`);
  return {
    version,
    versionKnown: asked.eckVersion !== undefined,
    install: asked.install === 'manifests' ? 'manifests' : 'helm',
    ...resolveEckNames(asked),
    metricsPort: asked.metricsPort ?? 8081,
    kubeRbacProxyImage: asked.kubeRbacProxyImage,
    jobImage: asked.jobImage,
  };
}

export function resolveEckNames(asked: EckSettings) {
  return {
    helmRelease: asked.helmRelease ?? 'elastic-operator',
    operatorName: asked.operatorName ?? 'elastic-operator',
    operatorNamespace: asked.operatorNamespace ?? 'elastic-system',
    clusterDomain: asked.clusterDomain ?? 'cluster.local',
    prometheusName: asked.prometheusName ?? 'k8s',
    prometheusNamespace: asked.prometheusNamespace ?? 'monitoring',
    prometheusServiceAccount: asked.prometheusServiceAccount ?? 'prometheus-k8s',
    secretName: asked.secretName ?? 'eck-metrics-tls-certificate',
    caSecretName: asked.caSecretName ?? 'eck-metrics-tls-ca',
  };
}

/** Whether the operator itself serves TLS; before, kube-rbac-proxy does so beside it. */
export function isNative(version: StackVersion): boolean {
  return !isBefore(version, FIRST_NATIVE);
}

/** Of the Service, in chart and manifests. */
export function serviceName(eck: Pick<Eck, 'operatorName'>): string {
  return `${eck.operatorName}-metrics`;
}

/** The name that Prometheus checks: it connects to pod addresses and compares this (chart, service-monitor.yaml). */
export function serverName(eck: Pick<Eck, 'operatorName' | 'operatorNamespace'>): string {
  return `${serviceName(eck)}.${eck.operatorNamespace}.svc`;
}

/** Where the Prometheus operator mounts the CA Secret (API of Prometheus, `spec.secrets`). */
export const CA_MOUNT_DIRECTORY = '/etc/prometheus/secrets';

/** What it takes to verify the endpoint, in the form of a ServiceMonitor. */
export function tlsConfig(eck: Eck) {
  return {
    caFile: `${CA_MOUNT_DIRECTORY}/${eck.caSecretName}/ca.crt`,
    serverName: serverName(eck),
    insecureSkipVerify: false,
  };
}
