import { CA_MOUNT_DIRECTORY, type Eck, isNative } from '../deployment/eck-operator.ts';

/**
 * Values for the operator's chart, under the names in the chart of this version: up to 2.15, the settings of the
 * ServiceMonitor are in `config.metrics.secureMode.tls`, later in `serviceMonitor`.
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
    // Only if it differs from the chart's default.
    ...(eck.operatorName === 'elastic-operator' ? {} : { fullnameOverride: eck.operatorName }),
    config: { metrics: { port: String(eck.metricsPort), secureMode: { enabled: true, tls } } },
    // secureMode excludes it: a PodMonitor could only scrape without TLS.
    podMonitor: { enabled: false },
    ...(native ? { serviceMonitor: { enabled: true, ...verification } } : {}),
  };
}
