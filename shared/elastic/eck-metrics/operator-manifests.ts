import { type Eck, isNative, serviceName } from '../deployment/eck-operator.ts';
import { bound, type Manifest } from '../kubernetes/manifest.ts';
import { METRICS } from './service-monitor.ts';

/** The label of the operator's pods in Elastic's manifests; the chart's pods have others. */
const OPERATOR = { 'control-plane': 'elastic-operator' } as const;

/** What the chart would create, for an operator that was installed from Elastic's manifests. */
export function operatorManifests(eck: Eck): readonly Manifest[] {
  const { operatorName: operator, operatorNamespace: namespace } = eck;
  const reviewer = `${operator}-metrics-auth`;
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: reviewer },
      // The endpoint asks the API server whose token it got, and whether that account may get /metrics.
      rules: [
        { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
        { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: reviewer },
      ...bound('ClusterRole', reviewer, operator, namespace),
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: serviceName(eck), namespace, labels: METRICS },
      spec: {
        selector: OPERATOR,
        ports: [{ name: 'https', port: eck.metricsPort, protocol: 'TCP', targetPort: 'metrics' }],
      },
    },
  ];
}

/**
 * A strategic merge patch of the operator's StatefulSet: it adds by name and leaves everything else as it is. The
 * settings are variables of the container, which override `eck.yaml` (elastic.co, "Configure ECK"), so the ConfigMap
 * with other settings is not touched.
 */
export function operatorPatch(eck: Eck) {
  return { spec: { template: { spec: isNative(eck.version) ? nativePod(eck) : proxiedPod(eck) } } };
}

const VOLUME = 'tls-certificate';

/** `$patch: delete` removes the sidecar of an earlier version, and does nothing if there is none. */
function nativePod(eck: Eck) {
  return {
    containers: [
      {
        name: 'manager',
        env: variables({ METRICS_PORT: eck.metricsPort, METRICS_HOST: '0.0.0.0', METRICS_SECURE: true }),
        ports: [metricsPort(eck)],
        volumeMounts: [mount('/tmp/k8s-metrics-server/serving-certs')],
      },
      { name: 'kube-rbac-proxy', $patch: 'delete' },
    ],
    volumes: [volume(eck)],
  };
}

/** The operator listens only on the loopback interface, so that nobody can bypass the proxy. */
function proxiedPod(eck: Eck) {
  const upstream = eck.metricsPort + 1;
  return {
    containers: [
      { name: 'manager', env: variables({ METRICS_PORT: upstream, METRICS_HOST: '127.0.0.1' }) },
      {
        name: 'kube-rbac-proxy',
        image: eck.kubeRbacProxyImage,
        args: [
          `--secure-listen-address=0.0.0.0:${eck.metricsPort}`,
          `--upstream=http://127.0.0.1:${upstream}/`,
          '--tls-cert-file=/tls/tls.crt',
          '--tls-private-key-file=/tls/tls.key',
          '--v=0',
        ],
        ports: [metricsPort(eck)],
        volumeMounts: [mount('/tls')],
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
        resources: {
          requests: { cpu: '5m', memory: '64Mi' },
          limits: { cpu: '500m', memory: '128Mi' },
        },
      },
    ],
    volumes: [volume(eck)],
  };
}

function variables(values: Readonly<Record<string, string | number | boolean>>) {
  return Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
}

/** The Service uses the port of this name, which Elastic's manifests lack. */
function metricsPort(eck: Eck) {
  return { name: 'metrics', containerPort: eck.metricsPort, protocol: 'TCP' };
}

/** The whole volume: a file mounted by subPath would never be renewed. */
function mount(mountPath: string) {
  return { name: VOLUME, mountPath, readOnly: true };
}

/** Not optional: without the Secret, the operator would start with a self-signed certificate and keep it. */
function volume(eck: Eck) {
  return { name: VOLUME, secret: { secretName: eck.secretName, defaultMode: 0o644 } };
}
