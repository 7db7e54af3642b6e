import { CA_MOUNT_DIRECTORY, type Eck, isNative } from './settings.ts';

/**
 * Values for the operator's chart, under the names that the chart of this version publishes: up to 2.15 what a
 * ServiceMonitor needs was a setting of `config.metrics.secureMode.tls`, later of `serviceMonitor`.
 *
 * @see elastic/cloud-on-k8s deploy/eck-operator/values.yaml
 */
export function helmValues(eck: Eck) {
  const verification = {
    caSecret: eck.caSecretName,
    caMountDirectory: `${CA_MOUNT_DIRECTORY}/`,
    insecureSkipVerify: false,
  };
  const native = isNative(eck.version);
  const certificate = { certificateSecret: eck.secretName };
  const tls = native ? certificate : { ...certificate, ...verification };
  return {
    // Only where it is not the chart's own default.
    ...(eck.operatorName === 'elastic-operator' ? {} : { fullnameOverride: eck.operatorName }),
    config: { metrics: { port: String(eck.metricsPort), secureMode: { enabled: true, tls } } },
    // Excluded by secureMode: a PodMonitor could only scrape without TLS.
    podMonitor: { enabled: false },
    ...(native ? { serviceMonitor: { enabled: true, ...verification } } : {}),
  };
}
