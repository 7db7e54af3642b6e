import { parseDnsName } from '../../domain/dns-name.ts';
import { imageName, resourceName } from '../deployment/cluster-names.ts';
import { eckVersionRule, parseEckVersion } from '../deployment/eck.ts';
import {
  FIRST_CHART,
  FIRST_SECURED,
  isNative,
  PROBES,
  resolveEck,
  resolveEckNames,
  rootsNamespace,
  serverName,
  WEBHOOK_PORT,
} from '../deployment/eck-operator.ts';
import { ECK_DEFAULTS, type EckSettings, INSTALLS, PROMETHEUS_FLAVORS } from '../deployment/fields/eck.ts';
import { choiceRule, type Results, type Rules, type Violation } from '../deployment/rule.ts';
import { serverNameRule } from '../deployment/server-names.ts';
import type { DeploymentSubject } from '../deployment/subject.ts';
import { formatStackVersion, isBefore } from '../deployment/versions.ts';

/** The rules of `#/deployment/eck`. */
export const eckRules: Rules = ({ deployment: { eck = {} }, subject }) => {
  const broken = [
    ...versionRules(eck),
    ...nameRules(eck),
    ...portRules(eck),
    ...imageRules(eck),
    ...agentFieldRules(eck),
  ];
  const found = broken.filter((rule) => rule !== undefined && rule !== false);
  // Names are compared only if they are well-formed.
  return found.length > 0 ? found : [certificateRule(eck, subject)];
};

/** The rules of settings that other kits use and this one cannot. */
export const eckForeignRules: Rules = ({ deployment: { os, keyPassphraseFile, trust, stackVersion } }) => [
  (os === 'windows' || os === 'container') && [
    '/os',
    `os is the system on which you run kubectl: use "linux" or "macos" (the commands are for a POSIX shell), or leave it out`,
  ],
  keyPassphraseFile !== undefined && [
    '/keyPassphraseFile',
    'keyPassphraseFile does not apply: the ECK operator cannot read an encrypted key. Leave it out',
  ],
  trust !== undefined && [
    '/trust',
    "trust does not apply: fleetseal's roots verify the metrics endpoint. Leave it out",
  ],
  stackVersion !== undefined && [
    '/stackVersion',
    "stackVersion does not apply to the ECK operator: set eck.eckVersion to the operator's own version",
  ],
];

/** Settings of resources of kind Agent (`container.runtime` `eck`), not of the operator. */
function agentFieldRules(eck: EckSettings): Results {
  return (['enterpriseLicense', 'workloadKind'] as const).map(
    (field) =>
      eck[field] !== undefined && [
        `/eck/${field}`,
        `${field} is a setting of ECK's Agents and does not apply to the operator's metrics: leave it out`,
      ],
  );
}

function versionRules(eck: EckSettings): Results {
  const { eckVersion, install } = eck;
  const version = parseEckVersion(eck);
  return [
    eckVersionRule(eck),
    version !== undefined &&
      isBefore(version, FIRST_SECURED) && [
        '/eck/eckVersion',
        `ECK ${eckVersion} cannot secure its metrics: upgrade it to 2.16.0 or later, or at least to 2.12.0`,
      ],
    version !== undefined &&
      resolveEckNames(eck).install === 'helm' &&
      !isBefore(version, FIRST_SECURED) &&
      isBefore(version, FIRST_CHART) && [
        '/eck/eckVersion',
        `the chart of ECK ${eckVersion} cannot render a ServiceMonitor that verifies the endpoint (fixed in 2.15.0): upgrade ECK to 2.15.0 or later, best 2.16.0 or later, or set eck.install to "manifests" if it was installed from manifests`,
      ],
    ...flavorRules(eck),
    choiceRule('/eck/install', 'install', install, INSTALLS, {
      synonyms: { chart: 'helm', yaml: 'manifests', kubectl: 'manifests' },
    }),
  ];
}

function flavorRules(eck: EckSettings): Results {
  const version = parseEckVersion(eck);
  const { prometheusFlavor } = eck;
  if (prometheusFlavor !== 'openshift')
    return [
      choiceRule('/eck/prometheusFlavor', 'prometheusFlavor', prometheusFlavor, PROMETHEUS_FLAVORS, {
        synonyms: { stack: 'kube-prometheus-stack', ocp: 'openshift' },
      }),
    ];
  return [
    version !== undefined &&
      !isNative(version) &&
      !isBefore(version, FIRST_CHART) &&
      resolveEckNames(eck).install === 'helm' && [
        '/eck/prometheusFlavor',
        'prometheusFlavor "openshift" needs ECK 2.16.0 or later if Helm installed it: the charts before cannot leave out their own ServiceMonitor, which OpenShift ignores. Upgrade ECK',
      ],
    ...(['prometheusName', 'prometheusNamespace', 'prometheusServiceAccount'] as const).map(
      (field): Violation | false =>
        eck[field] !== undefined && [
          `/eck/${field}`,
          `${field} does not apply to prometheusFlavor "openshift", whose Prometheus belongs to the cluster: leave it out`,
        ],
    ),
  ];
}

function nameRules(eck: EckSettings): Results {
  return [
    ...NAME_FIELDS.map((field) => resourceName(`/eck/${field}`, eck[field], NAMES[field])),
    collides(eck) && [
      '/eck/caSecretName',
      "caSecretName and secretName are the same in one namespace, so the roots would replace the operator's certificate: use different names",
    ],
    eck.clusterDomain !== undefined &&
      parseDnsName(eck.clusterDomain) !== eck.clusterDomain && [
        '/eck/clusterDomain',
        'clusterDomain must be a host name in lower case, without a dot at the end: for example cluster.local',
      ],
  ];
}

function collides(eck: EckSettings): boolean {
  const names = resolveEckNames(eck);
  const roots = rootsNamespace({ ...names, openshift: eck.prometheusFlavor === 'openshift' });
  return names.caSecretName === names.secretName && names.operatorNamespace === roots;
}

/** The longest that each name may be: names of at most 52 characters (CronJob) begin with an operator's. */
const NAMES = {
  helmRelease: 53,
  operatorName: 40,
  operatorNamespace: 63,
  prometheusName: 63,
  prometheusNamespace: 63,
  prometheusServiceAccount: 63,
  secretName: 57,
  caSecretName: 56,
} as const satisfies { readonly [field in keyof EckSettings]?: number };

const NAME_FIELDS = Object.keys(NAMES) as readonly (keyof typeof NAMES)[];

function portRules(eck: EckSettings): Results {
  const { metricsPort } = eck;
  if (metricsPort === undefined) return [];
  const version = parseEckVersion(eck);
  // With kube-rbac-proxy, the operator itself listens one port higher, as in the chart.
  const highest = version === undefined || isNative(version) ? metricsPort : metricsPort + 1;
  return [
    !(Number.isInteger(metricsPort) && metricsPort >= 1024 && highest <= 65_535) && [
      '/eck/metricsPort',
      'metricsPort must be a whole number from 1024 to 65535 (65534 before ECK 2.16): the operator runs without privileges',
    ],
    (metricsPort === WEBHOOK_PORT || highest === WEBHOOK_PORT) && [
      '/eck/metricsPort',
      `metricsPort ${metricsPort} conflicts with the operator's webhook, which listens on ${WEBHOOK_PORT}: use another, such as ${ECK_DEFAULTS.metricsPort}, or leave it out`,
    ],
    metricsPort === PROBES.port &&
      version !== undefined &&
      !isBefore(version, PROBES.from) && [
        '/eck/metricsPort',
        `metricsPort ${metricsPort} conflicts with the operator's health probes, which listen on ${PROBES.port} from ECK ${formatStackVersion(PROBES.from)}: use another, such as ${ECK_DEFAULTS.metricsPort}, or leave it out`,
      ],
  ];
}

function imageRules(eck: EckSettings): Results {
  const { kubeRbacProxyImage: proxy } = eck;
  const version = parseEckVersion(eck);
  return [
    imageName('/eck/jobImage', eck.jobImage),
    imageName('/eck/kubeRbacProxyImage', proxy),
    version !== undefined &&
      proxy === undefined &&
      !isNative(version) &&
      !isBefore(version, FIRST_SECURED) && [
        '/eck/kubeRbacProxyImage',
        `kubeRbacProxyImage is required: before 2.16.0, kube-rbac-proxy secures ECK's metrics, and Elastic's image of it no longer exists. Give an image that your cluster can pull, such as quay.io/brancz/kube-rbac-proxy with a tag, or upgrade ECK`,
      ],
    version !== undefined &&
      proxy !== undefined &&
      isNative(version) && [
        '/eck/kubeRbacProxyImage',
        'kubeRbacProxyImage does not apply from 2.16.0, where the operator secures its metrics itself: leave it out',
      ],
    proxy?.startsWith('gcr.io/kubebuilder/') && [
      '/eck/kubeRbacProxyImage',
      'kubeRbacProxyImage is in gcr.io/kubebuilder, which was shut down in 2025: use another registry, such as quay.io/brancz/kube-rbac-proxy with a tag',
    ],
  ];
}

function certificateRule(eck: EckSettings, subject: DeploymentSubject): Violation | false {
  return serverNameRule(subject, {
    at: [serverName(resolveEck(eck))],
    who: 'Prometheus checks the name',
    fields: 'operatorName and operatorNamespace',
  });
}
