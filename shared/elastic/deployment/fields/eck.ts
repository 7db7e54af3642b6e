/** `deployment.eck`, as the caller sends it: the operator, its Agents, and the Prometheus that scrapes it. */
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
  /** Only for Agents: whether the operator has an Enterprise licence, or a trial. @default - assumed true, and a note */
  readonly enterpriseLicense?: boolean | undefined;
  /**
   * Only for Agents: what ECK makes of the resource, `daemonSet`, `deployment` or `statefulSet`.
   * @default daemonSet, for Fleet Server deployment
   */
  readonly workloadKind?: string | undefined;
}

/** The newest release of the operator that the kit was checked against. */
export const NEWEST_ECK = '3.5.0';

/** How the operator may be installed. */
export const INSTALLS = ['helm', 'manifests'] as const;

/** The workloads that ECK creates from a resource of kind Agent, by the names of its fields. */
export const WORKLOAD_KINDS = ['daemonSet', 'deployment', 'statefulSet'] as const;
