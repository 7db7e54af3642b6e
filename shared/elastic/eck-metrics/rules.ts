import { parseDnsName } from '../../domain/dns-name.ts';
import { meant } from '../nearest.ts';
import { type Broken, quote, type Results, type Rules } from '../rule.ts';
import { isBefore, parseStackVersion } from '../versions.ts';
import {
  type EckSettings,
  FIRST_SECURED,
  INSTALLS,
  isNative,
  NEWEST_ECK,
  resolveEck,
  resolveEckNames,
  serverName,
  WEBHOOK_PORT,
} from './settings.ts';

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
  // The names are worth comparing only once they are well-formed.
  return found.length > 0 ? found : [certificateRule(eck, subject.dnsNames)];
};

/** What every other kit reads, and this one cannot use. */
export const eckForeignRules: Rules = ({ deployment: { os, keyPassphraseFile, trust, stackVersion } }) => [
  (os === 'windows' || os === 'container') && [
    '/os',
    `os is the system on which you run kubectl: use "linux" or "macos" (the commands are for a POSIX shell), or leave it out`,
  ],
  keyPassphraseFile !== undefined && [
    '/keyPassphraseFile',
    'the ECK operator reads no encrypted key: leave keyPassphraseFile out',
  ],
  trust !== undefined && [
    '/trust',
    "trust does not apply: fleetseal's roots verify the metrics endpoint. Leave it out",
  ],
  stackVersion !== undefined && [
    '/stackVersion',
    'stackVersion does not apply to the ECK operator: say its own version in eck.eckVersion',
  ],
];

/** Of resources of kind Agent (`container.runtime` `eck`), not of the operator. */
function agentFieldRules(eck: EckSettings): Results {
  return (['enterpriseLicense', 'workloadKind'] as const).map(
    (field) =>
      eck[field] !== undefined && [
        `/eck/${field}`,
        `${field} is of ECK's Agents and does not apply to the operator's metrics: leave it out`,
      ],
  );
}

function versionRules({ eckVersion, install }: EckSettings): Results {
  const version = parseStackVersion(eckVersion ?? NEWEST_ECK);
  return [
    version === undefined && [
      '/eck/eckVersion',
      `eckVersion must be three numbers, such as ${NEWEST_ECK}: see the tag of the operator's image`,
    ],
    version !== undefined &&
      isBefore(version, FIRST_SECURED) && [
        '/eck/eckVersion',
        `ECK ${eckVersion} has no way to secure its metrics: upgrade it to 2.16.0 or later (2.12.0 at least)`,
      ],
    install !== undefined &&
      !(INSTALLS as readonly string[]).includes(install) && [
        '/eck/install',
        `install ${quote(install)} is not known: use "helm" or "manifests"${meant(install, INSTALLS, { chart: 'helm', yaml: 'manifests', kubectl: 'manifests' })}`,
      ],
  ];
}

/** RFC 1123 labels; the operator's name is the beginning of others, of at most 52 characters (CronJob). */
function nameRules(eck: EckSettings): Results {
  return [
    label(eck, 'helmRelease', 53),
    label(eck, 'operatorName', 40),
    label(eck, 'operatorNamespace', 63),
    label(eck, 'prometheusName', 63),
    label(eck, 'prometheusNamespace', 63),
    label(eck, 'prometheusServiceAccount', 63),
    label(eck, 'secretName', 57),
    label(eck, 'caSecretName', 56),
    collides(eck) && [
      '/eck/caSecretName',
      "caSecretName and secretName are the same in one namespace: the roots would replace the operator's certificate. Give them different names",
    ],
    eck.clusterDomain !== undefined &&
      parseDnsName(eck.clusterDomain) !== eck.clusterDomain && [
        '/eck/clusterDomain',
        'clusterDomain must be a host name in lower case, without a dot at its end: cluster.local',
      ],
  ];
}

function collides(eck: EckSettings): boolean {
  const { caSecretName, secretName, operatorNamespace, prometheusNamespace } = resolveEckNames(eck);
  return caSecretName === secretName && operatorNamespace === prometheusNamespace;
}

type NameField = Exclude<keyof EckSettings, 'metricsPort' | 'enterpriseLicense'>;

function label(eck: EckSettings, field: NameField, longest: number): Broken | false {
  const name = eck[field];
  const fits = name === undefined || (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= longest);
  return (
    !fits && [
      `/eck/${field}`,
      `${field} must be a Kubernetes name of 1 to ${longest} lower-case letters, digits and hyphens, with a letter or digit at both ends`,
    ]
  );
}

function portRules({ metricsPort, eckVersion }: EckSettings): Results {
  if (metricsPort === undefined) return [];
  const version = parseStackVersion(eckVersion ?? NEWEST_ECK);
  // Beside kube-rbac-proxy the operator itself listens one port higher, as in the chart.
  const highest = version === undefined || isNative(version) ? metricsPort : metricsPort + 1;
  return [
    !(Number.isInteger(metricsPort) && metricsPort >= 1024 && highest <= 65_535) && [
      '/eck/metricsPort',
      'metricsPort must be a whole number from 1024 to 65535 (65534 before ECK 2.16): the operator runs without privileges',
    ],
    (metricsPort === WEBHOOK_PORT || highest === WEBHOOK_PORT) && [
      '/eck/metricsPort',
      `metricsPort ${metricsPort} meets the operator's webhook, which listens on ${WEBHOOK_PORT}: use another, such as 8081`,
    ],
  ];
}

function imageRules(eck: EckSettings): Results {
  const { kubeRbacProxyImage: proxy, eckVersion } = eck;
  const version = parseStackVersion(eckVersion ?? NEWEST_ECK);
  return [
    image('jobImage', eck.jobImage),
    image('kubeRbacProxyImage', proxy),
    version !== undefined &&
      proxy === undefined &&
      !isNative(version) &&
      !isBefore(version, FIRST_SECURED) && [
        '/eck/kubeRbacProxyImage',
        `kubeRbacProxyImage is required: before 2.16.0 ECK's metrics are secured by kube-rbac-proxy, and Elastic's image of it is gone. Name one that your cluster can pull, such as quay.io/brancz/kube-rbac-proxy with a tag, or upgrade ECK`,
      ],
    version !== undefined &&
      proxy !== undefined &&
      isNative(version) && [
        '/eck/kubeRbacProxyImage',
        'kubeRbacProxyImage does not apply: from 2.16.0 the operator secures its metrics itself. Leave it out',
      ],
    proxy?.startsWith('gcr.io/kubebuilder/') && [
      '/eck/kubeRbacProxyImage',
      'gcr.io/kubebuilder was shut down in 2025: name an image in another registry, such as quay.io/brancz/kube-rbac-proxy with a tag',
    ],
  ];
}

/** `registry:port/path:tag@digest`, in the characters that the OCI distribution specification allows. */
function image(field: 'jobImage' | 'kubeRbacProxyImage', name: string | undefined): Broken | false {
  const fits = name === undefined || (/^[a-z0-9][A-Za-z0-9._:/@-]*$/.test(name) && name.length <= 512);
  return !fits && [`/eck/${field}`, `${field} must be the name of an image: registry.example.com/name:tag`];
}

function certificateRule(eck: EckSettings, dnsNames: readonly string[] | undefined): Broken | false {
  const needed = serverName(resolveEck(eck));
  return (
    dnsNames !== undefined &&
    !dnsNames.includes(needed) && [
      '/eck',
      `Prometheus checks the name ${needed}, which the certificate would not hold: add it to dnsNames (and to the token's names), or correct operatorName and operatorNamespace`,
    ]
  );
}
