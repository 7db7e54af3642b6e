import {
  CA_MOUNT_DIRECTORY,
  type Eck,
  metricsReader,
  readerTokenName,
  serverName,
  serviceName,
} from '../deployment/eck-operator.ts';
import type { Manifest } from '../kubernetes/manifest.ts';

/** The labels by which the ServiceMonitor finds the Service of the kit. */
export const METRICS = {
  'control-plane': 'elastic-operator',
  'app.kubernetes.io/component': 'metrics',
} as const;

/** What tells Prometheus to scrape, unless the operator's chart does. */
export function serviceMonitor(eck: Eck): readonly Manifest[] {
  const { operatorName: operator, operatorNamespace: namespace, install } = eck;
  if (install === 'helm' && !eck.openshift) return [];
  const service = install === 'helm' ? chartService(eck) : METRICS;
  return [
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      // With Helm not that of the chart, which is removed by the upgrade.
      metadata: { name: install === 'helm' ? serviceName(eck) : operator, namespace, labels: METRICS },
      spec: {
        namespaceSelector: { matchNames: [namespace] },
        selector: { matchLabels: service },
        endpoints: [
          { port: 'https', path: '/metrics', scheme: 'https', interval: '30s', ...credentials(eck) },
        ],
      },
    },
  ];
}

/** elastic/cloud-on-k8s deploy/eck-operator/templates/metrics-service.yaml, with the chart's nameOverride. */
function chartService({ helmRelease }: Eck) {
  return {
    'app.kubernetes.io/name': 'elastic-operator-metrics-service',
    'app.kubernetes.io/instance': helmRelease,
  };
}

/** From files of Prometheus, or from Secrets beside the ServiceMonitor where it may name no files. */
function credentials(eck: Eck) {
  const verification = { serverName: serverName(eck), insecureSkipVerify: false };
  if (eck.openshift)
    return {
      authorization: { credentials: { name: readerTokenName(eck), key: 'token' } },
      tlsConfig: { ca: { secret: { name: eck.caSecretName, key: 'ca.crt' } }, ...verification },
    };
  return {
    tlsConfig: { caFile: `${CA_MOUNT_DIRECTORY}/${eck.caSecretName}/ca.crt`, ...verification },
    // The token of Prometheus's own account, which Kubernetes renews.
    bearerTokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
  };
}

/** An account that may only read metrics, and its token, which the API server writes into the Secret. */
export function readerAccount(eck: Eck): readonly Manifest[] {
  const { operatorNamespace: namespace } = eck;
  const name = metricsReader(eck);
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: readerTokenName(eck),
        namespace,
        annotations: { 'kubernetes.io/service-account.name': name },
      },
      type: 'kubernetes.io/service-account-token',
    },
  ];
}
