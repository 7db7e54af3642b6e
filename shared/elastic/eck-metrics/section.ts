import { serverName } from '../deployment/eck-operator.ts';
import { kitFiles } from '../files/certificate.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { Section } from '../kit/section.ts';
import type { CertificateRequest } from '../kubernetes/enroll-script.ts';
import { certificateToken } from '../kubernetes/token-request.ts';
import { yaml, yamlDocuments } from '../syntax/yaml.ts';
import { eckCommands } from './commands.ts';
import { helmValues } from './helm-values.ts';
import { eckNotes } from './notes.ts';
import { operatorManifests } from './operator-manifests.ts';
import { prometheusManifests } from './prometheus-manifests.ts';
import { metricsRenewal } from './renewal.ts';
import { eckForeignRules, eckRules } from './rules.ts';
import { serviceMonitor } from './service-monitor.ts';

/*
 * The metrics endpoint of the ECK operator and the Prometheus that scrapes it: profile and model eck-metrics.
 *
 * - Renders the Secret's place, values for Helm or manifests for an operator that was installed without it, the RBAC,
 *   ServiceMonitor and CA of Prometheus, and the commands that make the key in the cluster and enroll.
 * - All parts agree on one name, `<operator>-metrics.<namespace>.svc`, which the certificate must contain: Prometheus
 *   connects to pod addresses and compares this name.
 * - From ECK 2.16 the operator secures its metrics itself; before that kube-rbac-proxy does, whose image the caller
 *   names.
 * - With jobImage a CronJob renews the certificate, with a role for its own Secret only; without one a note says so.
 * - Fields of other kits break a rule here: the operator cannot read an encrypted key, and has a version of its own.
 */

/** The metrics endpoint of the ECK operator: its certificate, and the Prometheus that verifies it. */
export const eckMetricsSection: Section = {
  profiles: ['eck-metrics'],
  fields: ['eck'],
  rules: [eckForeignRules, eckRules],
  render: renderEckMetrics,
};

function renderEckMetrics({ deployment, certificate }: KitRequest): KitPart {
  const { eck } = deployment;
  const short = serverName(eck);
  const { name, keyKind, dnsNames } = certificate;
  const request: CertificateRequest = {
    name,
    keyKind,
    dnsNames: dnsNames ?? [short, `${short}.${eck.clusterDomain}`],
  };
  const manifests = [
    ...prometheusManifests(eck, certificate.caBundlePem),
    ...(eck.install === 'manifests' ? operatorManifests(eck) : []),
    ...serviceMonitor(eck),
    ...metricsRenewal(eck, request),
  ];
  return {
    files: kitFiles(deployment, certificate),
    kubernetes: {
      manifests: yamlDocuments(manifests),
      ...(eck.install === 'helm' ? { helmValues: yaml(helmValues(eck)) } : {}),
      tokenRequest: certificateToken(
        'eck-metrics',
        request,
        `Metrics of ECK's operator ${eck.operatorNamespace}/${eck.operatorName}`,
      ),
      commands: eckCommands(eck, request, { ...deployment.paths, directory: deployment.directory }),
    },
    notes: eckNotes(eck, dnsNames),
  };
}
