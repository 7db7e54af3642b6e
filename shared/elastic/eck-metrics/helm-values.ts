import { CA_MOUNT_DIRECTORY, type Eck } from '../deployment/eck-operator.ts';

/**
 * Values for the operator's chart. The settings of the ServiceMonitor are under both of their names: up to 2.15, the
 * chart reads those in `config.metrics.secureMode.tls`, and later ones prefer them to `serviceMonitor` where a release
 * still has them, also a hand-set `insecureSkipVerify: true`.
 *
 * @see elastic/cloud-on-k8s deploy/eck-operator/values.yaml, templates/service-monitor.yaml
 */
export function helmValues(eck: Eck) {
  const verification = {
    caSecret: eck.caSecretName,
    caMountDirectory: `${CA_MOUNT_DIRECTORY}/`,
    insecureSkipVerify: false,
  };
  const tls = { certificateSecret: eck.secretName, ...verification };
  return {
    // Only if it differs from the chart's default.
    ...(eck.operatorName === 'elastic-operator' ? {} : { fullnameOverride: eck.operatorName }),
    config: { metrics: { port: String(eck.metricsPort), secureMode: { enabled: true, tls } } },
    // secureMode excludes it: a PodMonitor could only scrape without TLS.
    podMonitor: { enabled: false },
    // OpenShift ignores the chart's, which names files.
    serviceMonitor: { enabled: !eck.openshift, ...verification },
  };
}
