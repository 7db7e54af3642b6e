import { type Eck, isNative, PROBES, serverName } from '../deployment/eck-operator.ts';
import { NEWEST_ECK } from '../deployment/fields/eck.ts';
import { formatStackVersion } from '../deployment/versions.ts';
import { applicable, type Candidate, info, type Note, warning } from '../kit/note.ts';
import { ENROLLING } from '../kubernetes/enroll-script.ts';
import { newerEckNote } from '../kubernetes/newer-eck-note.ts';
import { SAVED } from './commands.ts';
import { renewalName } from './renewal.ts';

const CHART = 'elastic/cloud-on-k8s deploy/eck-operator/values.yaml, 2.12.0 to 3.5.0';
const GUIDE = 'elastic.co, Securing the metrics endpoint';

/** The notes of the kit, the general ones first. */
export function eckNotes(eck: Eck, dnsNames: readonly string[] | undefined): readonly Note[] {
  return applicable([
    ...versionNotes(eck),
    ...installNotes(eck),
    ...prometheusNotes(eck),
    ...certificateNotes(eck, dnsNames),
  ]);
}

function versionNotes(eck: Eck): readonly Candidate[] {
  return [
    !eck.versionKnown &&
      info(
        'eck_version_missing',
        `The request has no eckVersion, so this kit is the one for ${NEWEST_ECK}. Versions before 2.16.0 need another kit: set eckVersion.`,
        CHART,
      ),
    newerEckNote(eck.version, CHART),
    eck.metricsPort === PROBES.port &&
      warning(
        'eck_metrics_port_taken',
        `From ECK ${formatStackVersion(PROBES.from)}, the operator's health probes listen on ${PROBES.port} too, and the operator does not start: change metricsPort before you upgrade to it.`,
        'elastic/cloud-on-k8s cmd/manager/main.go, probes-bind-address',
      ),
    info(
      'eck_metrics_off_by_default',
      "Elastic's guide says that metrics are secured by default from 2.14.0, or from 3.0.0, but no release does that. By default, every chart and the manifests set port 0 and leave secured metrics off; this kit sets both.",
      `${CHART}; elastic/cloud-on-k8s docs/reference/eck-configuration-flags.md; ${GUIDE}`,
    ),
  ];
}

/** brancz/kube-rbac-proxy, README, usage: the default interval is one minute. */
export const SIDECAR_RELOADS =
  'A renewed Secret is used without a restart: kube-rbac-proxy checks for changed files every minute (--tls-reload-interval).';

/** kubernetes-sigs/controller-runtime, pkg/metrics/server/server.go: a certwatcher reads the files again. */
export const OPERATOR_RELOADS =
  'A renewed Secret is used without a restart, within minutes: the operator watches its files.';

function installNotes(eck: Eck): readonly Candidate[] {
  const helm = eck.install === 'helm';
  const native = isNative(eck.version);
  return [
    !native &&
      warning(
        'eck_kube_rbac_proxy_image_gone',
        helm
          ? 'Charts before 2.16.0 pull kube-rbac-proxy from gcr.io/kubebuilder, which was shut down in 2025, and have no value to change that: set the image again after every helm upgrade, or upgrade ECK to 2.16.0 or later.'
          : "The guide's image of kube-rbac-proxy was in gcr.io/kubebuilder, which was shut down in 2025: this kit uses the image of the request. From 2.16.0, no proxy is needed.",
        'kubernetes-sigs/kubebuilder discussion #3907; chart template statefulset.yaml before 2.16.0',
      ),
    helm &&
      warning(
        'eck_helm_upgrade',
        `helm upgrade installs ECK ${formatStackVersion(eck.version)}, whichever version runs now. Its --reset-then-reuse-values needs Helm 3.14 or later: with an older Helm, save your values with helm get values ${eck.helmRelease} --namespace=${eck.operatorNamespace} --output=yaml and replace that flag with a --values for their file, before the --values of the kit. Do not use --reuse-values: from a chart up to 2.15, it would also keep insecureSkipVerify: true, a default of that chart.`,
        'helm/helm pkg/action/upgrade.go, reuseValues; helm/helm#9653',
      ),
    helm &&
      info(
        'eck_cluster_scoped_resources',
        "The chart's secureMode needs createClusterScopedResources: true, its default: the operator must be allowed to check the tokens of clients that scrape it.",
        CHART,
      ),
    !helm &&
      info(
        'eck_guide_manifests_corrected',
        "The guide's Service uses a port named metrics, which its StatefulSet does not have; the guide creates one Secret and mounts another; and it replaces the whole ConfigMap. This kit adds the port, uses one Secret, and sets variables of the container, which override eck.yaml.",
        `${GUIDE}; Configure ECK`,
      ),
    !native && info('eck_proxy_reloads', SIDECAR_RELOADS, 'brancz/kube-rbac-proxy README, usage'),
    native &&
      info(
        'eck_restart_for_new_secret',
        `${OPERATOR_RELOADS} An operator that started before the Secret was mounted serves a self-signed certificate until kubectl rollout restart statefulset/${eck.operatorName} --namespace=${eck.operatorNamespace}.`,
        'kubernetes-sigs/controller-runtime pkg/metrics/server/server.go',
      ),
  ];
}

const USER_WORKLOADS: Note = info(
  'openshift_user_workload',
  'OpenShift must monitor user workloads: enableUserWorkload: true in config.yaml of the ConfigMap cluster-monitoring-config in openshift-monitoring. It reads the roots and the token from Secrets beside the ServiceMonitor, so Prometheus itself is not changed.',
  'docs.redhat.com, Enabling monitoring for user-defined projects; prometheus-operator, SafeAuthorization',
);

function prometheusNotes(eck: Eck): readonly Candidate[] {
  if (eck.openshift) return [USER_WORKLOADS];
  return [
    eck.prometheusStack &&
      warning(
        'prometheus_stack_names',
        'These are the names of a release kube-prometheus-stack in monitoring. Compare them with kubectl get prometheus --all-namespaces: for another release, set prometheusName and prometheusServiceAccount, both its full name and -prometheus (for the release prometheus: prometheus-kube-prometheus-prometheus), and prometheusNamespace.',
        'prometheus-community/helm-charts kube-prometheus-stack templates/_helpers.tpl',
      ),
    (eck.prometheusStack || eck.operatorNamespace !== eck.prometheusNamespace) &&
      warning(
        'prometheus_selects_service_monitors',
        `Prometheus must look for ServiceMonitors in ${eck.operatorNamespace}: set spec.serviceMonitorNamespaceSelector: {} and a serviceMonitorSelector that matches. In the chart kube-prometheus-stack, set prometheus.prometheusSpec.serviceMonitorNamespaceSelector: {} and serviceMonitorSelectorNilUsesHelmValues: false.`,
        'elastic.co, Prometheus requirements',
      ),
    info(
      'prometheus_secrets_in_values',
      `If a chart creates the Prometheus resource, add ${eck.caSecretName} to its values too (kube-prometheus-stack: prometheus.prometheusSpec.secrets), or its next upgrade unmounts the roots.`,
      'prometheus-operator, API of Prometheus, spec.secrets',
    ),
    info(
      'prometheus_file_access',
      'A Prometheus with spec.arbitraryFSAccessThroughSMs.deny: true ignores ServiceMonitors that name files, as this one does (caFile, bearerTokenFile). So does OpenShift\'s monitoring of user workloads: set eck.prometheusFlavor to "openshift" for both.',
      'prometheus-operator, API of Prometheus, spec.arbitraryFSAccessThroughSMs',
    ),
  ];
}

function certificateNotes(eck: Eck, dnsNames: readonly string[] | undefined): readonly Candidate[] {
  const longName = `${serverName(eck)}.${eck.clusterDomain}`;
  return [
    info(
      'eck_save_parts',
      `Run the commands in order, up to the first that fails, as an administrator of the cluster, in the directory where you saved kubernetes.manifests as ${SAVED.manifests}${eck.install === 'helm' ? ` and kubernetes.helmValues as ${SAVED.helmValues}` : ''}. They need ${eck.install === 'helm' ? 'helm (3.14.0 or later), ' : ''}${ENROLLING}.`,
      'this service',
    ),
    info(
      'eck_secret_commands',
      'The commands read FLEETSEAL_URL (the address of this service, without /v1) and FLEETSEAL_TOKEN (a bootstrap token, made with POST /v1/tokens and tokenRequest, after you replace {{EGRESS_CIDR}} with the networks from which you reach the service) from the environment. They use the key and the certificate in the files of this kit, create what is missing (also the directory, with sudo if that needs root), and remove both files once the Secret holds them.',
      `${GUIDE}; keys are made where the Secret is made; this service never sees them`,
    ),
    dnsNames !== undefined &&
      !dnsNames.includes(longName) &&
      info(
        'eck_long_name_missing',
        `The certificate does not hold ${longName}: clients that use this name cannot verify it. Prometheus does not use it.`,
        'elastic/cloud-on-k8s deploy/eck-operator/templates/service-monitor.yaml',
      ),
    info(
      'eck_roots_in_prometheus',
      `The Secret ${eck.caSecretName} holds only the roots, so renewals of the certificate do not change it. When the roots change, apply the manifests of a new kit.`,
      'this service, GET /v1/trust',
    ),
    eck.jobImage === undefined
      ? warning(
          'eck_renewal_manual',
          'Without jobImage there is no CronJob: run the first command again before the certificate expires, with a new token, since it makes a new key. To have the certificate renewed, set jobImage to an image with sh, kubectl, openssl, curl and sed.',
          'this service',
        )
      : info(
          'eck_renewal_in_cluster',
          `The CronJob ${renewalName(eck)} renews when the service says that it is time, by a proof of the key in the Secret, without a token. Where the service does not renew the certificate, as after a revocation, its log gives the reason: run the first command again.`,
          'this service, POST /v1/renew',
        ),
  ];
}
