import type { KeyKind } from '../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';

/** One deployment and what it is a good example of. */
export interface Example {
  readonly title: string;
  readonly about: string;
  readonly profile: ProfileName;
  /** @default rsa */
  readonly keyKind?: KeyKind;
  /** That the token allows and the enrollment asks for. */
  readonly dnsNames?: readonly string[];
  readonly deployment: Deployment;
}

export interface Refusal extends Omit<Example, 'about'> {}

const FLEET = 'https://fleet.example.com:8220';
const TOKEN = 'RXhhbXBsZTpFeGFtcGxl';

/** Self-signed by a key that is gone, with the subject that elasticsearch-certutil gives. */
const OWN_CA = `-----BEGIN CERTIFICATE-----
MIIBrjCCAVSgAwIBAgIUatHPFaih7NeJiCAGwDomC+Lyb5kwCgYIKoZIzj0EAwIw
NDEyMDAGA1UEAwwpRWxhc3RpYyBDZXJ0aWZpY2F0ZSBUb29sIEF1dG9nZW5lcmF0
ZWQgQ0EwIBcNMjYxMTI4MTY0ODI1WhgPMjEyNjExMDQxNjQ4MjVaMDQxMjAwBgNV
BAMMKUVsYXN0aWMgQ2VydGlmaWNhdGUgVG9vbCBBdXRvZ2VuZXJhdGVkIENBMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6Ma3tvQwmwMaeu+I5h3lZn2jLRgBA2Dt
F8jbmi42LflpBkHhO4SVzoHMFablLwOkWjKC7NSk3XGv6OGllfRQ06NCMEAwDwYD
VR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFEpk2ipS9e2u
QLCGgk7BJOe+LrDSMAoGCCqGSM49BAMCA0gAMEUCIDpdx2J8H9hJX3sYldKo90Dt
3RdNHd+gU+1oSJh+S6dCAiEA40/N58qGbFBNTWP1bbjjOwlQRnvqC2AlJV3n4dwA
He4=
-----END CERTIFICATE-----
`;

const AGENTS: readonly Example[] = [
  {
    title: 'Agent on Linux, 9.5',
    about: 'The usual case: everything on premises, fleetseal everywhere.',
    profile: 'agent',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: FLEET,
      fleetEnrollmentToken: TOKEN,
    },
  },
  {
    title: 'Agent on Linux, moved from another CA',
    about: 'The agent is in Fleet already, with certificates of another CA.',
    profile: 'agent',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.2.1',
      os: 'linux',
      fleetUrl: FLEET,
      agent: { alreadyEnrolled: true },
    },
  },
  {
    title: 'Unprivileged agent on Windows, with a passphrase',
    about: "8.17 and an encrypted key; Fleet Server's certificate comes from elasticsearch-certutil.",
    profile: 'agent',
    deployment: {
      model: 'on-premises',
      stackVersion: '8.17.4',
      os: 'windows',
      fleetUrl: FLEET,
      fleetEnrollmentToken: TOKEN,
      keyPassphraseFile: 'C:\\ProgramData\\fleetseal\\agent.pass',
      agent: { unprivileged: true },
      trust: { fleetServer: { pem: OWN_CA }, elasticsearch: { pem: OWN_CA } },
    },
  },
  {
    title: 'Agent on macOS with Elastic Defend and an elliptic curve key',
    about: 'Whether Elastic Defend takes the key depends on the version. With a forward proxy.',
    profile: 'agent',
    keyKind: 'p256',
    deployment: {
      model: 'on-premises',
      stackVersion: '8.19.5',
      os: 'macos',
      fleetUrl: FLEET,
      fleetEnrollmentToken: TOKEN,
      agent: { elasticDefend: true, proxy: { url: 'http://proxy.example.com:3128' } },
    },
  },
  {
    title: 'Agents on Linux and Windows in one policy: Linux',
    about: 'The output has a variable for the directory, which the kit of each system sets.',
    profile: 'agent',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: FLEET,
      fleetEnrollmentToken: TOKEN,
      directoryVariable: 'FLEETSEAL_DIR',
      outputs: [{ type: 'logstash', name: 'Logstash', hosts: ['logstash.example.com:5044'] }],
    },
  },
  {
    title: 'Agents on Linux and Windows in one policy: Windows',
    about: 'The same output, whose command changes nothing after that of Linux.',
    profile: 'agent',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'windows',
      fleetUrl: FLEET,
      fleetEnrollmentToken: TOKEN,
      directoryVariable: 'FLEETSEAL_DIR',
      outputs: [{ type: 'logstash', name: 'Logstash', hosts: ['logstash.example.com:5044'] }],
    },
  },
  {
    title: 'Agent in a container',
    about: 'Variables instead of flags; Fleet Server has a certificate of a public CA.',
    profile: 'agent',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.4.3',
      os: 'container',
      fleetUrl: FLEET,
      trust: { fleetServer: 'system' },
    },
  },
  {
    title: "Agents in the pods of Elastic's DaemonSet",
    about:
      'Every pod makes its key on its node, enrolls, and renews; rendered without a certificate of its own.',
    profile: 'agent',
    keyKind: 'p256',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.4.3',
      os: 'container',
      fleetUrl: FLEET,
      fleetEnrollmentToken: TOKEN,
      container: { runtime: 'kubernetes', image: 'registry.example.com/openssl-curl:1' },
      trust: { elasticsearch: { pem: OWN_CA } },
    },
  },
];

const FLEET_SERVERS: readonly Example[] = [
  {
    title: 'Fleet Server in a container',
    about: 'docker publishes its port; the service token is outside of the directory of the kit.',
    profile: 'fleet-server',
    dnsNames: ['fleet.example.com'],
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'container',
      fleetUrl: FLEET,
      fleetServer: {
        policyId: 'fleet-server-policy',
        elasticsearchUrl: 'https://elasticsearch.example.com:9200',
        serviceTokenPath: '/srv/secrets/service-token',
      },
    },
  },
  {
    title: 'Fleet Server host',
    about:
      'One certificate for the listener, its own agent and the client to Elasticsearch; Elasticsearch has a CA of its own.',
    profile: 'fleet-server',
    dnsNames: ['fleet.example.com'],
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: FLEET,
      fleetServer: {
        policyId: 'fleet-server-policy',
        elasticsearchUrl: 'https://elasticsearch.example.com:9200',
      },
      trust: { elasticsearch: { path: '/etc/fleetseal/http_ca.crt' } },
    },
  },
  {
    title: 'Fleet Server host with two CAs and encrypted keys',
    about:
      'The listener keeps the certificate of a company, by whose CA agents verify it; agents and this host show certificates of fleetseal. Keys are encrypted, so Fleet Server shows no certificate to Elasticsearch.',
    profile: 'fleet-server',
    dnsNames: ['fleet.example.com'],
    deployment: {
      model: 'on-premises',
      stackVersion: '8.19.5',
      os: 'linux',
      fleetUrl: FLEET,
      keyPassphraseFile: '/etc/fleetseal/key.pass',
      fleetServer: {
        policyId: 'fleet-server-policy',
        elasticsearchUrl: 'https://elasticsearch.example.com:9200',
        elasticsearchClientCertificate: false,
        listenerCertificatePath: '/etc/pki/tls/fleet.crt',
        listenerKeyPath: '/etc/pki/tls/fleet.key',
        listenerKeyPassphrasePath: '/etc/pki/tls/fleet.pass',
      },
      trust: { fleetServer: { pem: OWN_CA }, elasticsearch: { pem: OWN_CA } },
    },
  },
  {
    title: 'Fleet Server host, Elasticsearch on Elastic Cloud',
    about: 'Towards Elasticsearch, mutual TLS ends at a proxy of your own.',
    profile: 'fleet-server',
    dnsNames: ['fleet.example.com'],
    deployment: {
      model: 'on-premises-hosted-elasticsearch',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: FLEET,
      fleetServer: { policyId: 'fleet-server-policy' },
      proxy: { elasticsearchUrl: 'https://es-proxy.example.com:9200' },
    },
  },
];

const OUTPUTS: readonly Example[] = [
  {
    title: 'Elasticsearch as a server',
    about: 'Agents, Fleet Server and Kibana connect to it: it asks for a client certificate and verifies it.',
    profile: 'output-server',
    dnsNames: ['elasticsearch.example.com'],
    deployment: { model: 'on-premises', os: 'linux', outputs: [{ type: 'elasticsearch' }] },
  },
  {
    title: 'Logstash as a server',
    about: 'For the output of agents: it asks for a client certificate and verifies it.',
    profile: 'output-server',
    dnsNames: ['logstash.example.com'],
    deployment: { model: 'on-premises', os: 'linux', outputs: [{ type: 'logstash' }] },
  },
  {
    title: 'Kafka as a server',
    about: 'A listener for agents, beside those that the broker has.',
    profile: 'output-server',
    dnsNames: ['kafka.example.com'],
    deployment: { model: 'on-premises', os: 'linux', outputs: [{ type: 'kafka' }] },
  },
  {
    title: 'Agent with outputs to Logstash and Elasticsearch',
    about: 'Form "path": the same paths on every host, a certificate of its own behind them.',
    profile: 'agent',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: FLEET,
      fleetEnrollmentToken: TOKEN,
      outputs: [
        {
          type: 'logstash',
          name: 'Logstash',
          hosts: ['logstash.example.com:5044'],
          isDefault: true,
        },
        {
          type: 'elasticsearch',
          name: 'Monitoring',
          hosts: ['https://elasticsearch.example.com:9200'],
          isDefaultMonitoring: true,
        },
      ],
    },
  },
  {
    title: 'One certificate for the output of a policy',
    about: 'Form "inline": certificate and key are in the policy itself; a host fills the key in.',
    profile: 'output-client',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      outputs: [
        {
          type: 'kafka',
          name: 'Kafka',
          hosts: ['kafka.example.com:9093'],
          isDefault: true,
          kafka: { topic: 'logs-%{[data_stream.dataset]}' },
        },
        {
          type: 'remote_elasticsearch',
          name: 'Archive',
          hosts: ['https://archive.example.com:9200'],
          remote: { kibanaUrl: 'https://kibana.archive.example.com' },
        },
      ],
    },
  },
  {
    title: 'Kibana, Logstash, Beats and curl as clients of Elasticsearch',
    about:
      'Where Elasticsearch requires client certificates, they need one too: clients has the settings of each.',
    profile: 'output-client',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'linux',
      outputs: [
        {
          type: 'elasticsearch',
          name: 'Elasticsearch',
          hosts: ['https://elasticsearch.example.com:9200'],
          form: 'path',
        },
      ],
    },
  },
];

const CLOUD: readonly Example[] = [
  {
    title: 'Agent with Elastic Cloud, through a proxy of your own',
    about: 'Mutual TLS ends at the proxy, which has a certificate of fleetseal too.',
    profile: 'agent',
    deployment: {
      model: 'cloud-proxy',
      stackVersion: '9.5.2',
      os: 'linux',
      fleetUrl: 'https://1234.fleet.eu-central-1.aws.example.com:443',
      fleetEnrollmentToken: TOKEN,
      proxy: {
        fleetUrl: 'https://fleet-proxy.example.com:8220',
        elasticsearchUrl: 'https://es-proxy.example.com:9200',
      },
    },
  },
  {
    title: 'The proxy in front of Elastic Cloud',
    about:
      'nginx, HAProxy, Envoy, Apache httpd, Caddy or Traefik: mutual TLS towards agents, TLS towards Elastic Cloud.',
    profile: 'proxy',
    dnsNames: ['fleet-proxy.example.com', 'es-proxy.example.com'],
    deployment: {
      model: 'cloud-proxy',
      os: 'linux',
      fleetUrl: 'https://1234.fleet.eu-central-1.aws.example.com:443',
      proxy: {
        fleetUrl: 'https://fleet-proxy.example.com:8220',
        elasticsearchUrl: 'https://es-proxy.example.com:9200',
        upstream: { elasticsearchUrl: 'https://1234.es.eu-central-1.aws.example.com:443' },
      },
    },
  },
];

const ECK: readonly Example[] = [
  {
    title: 'Agent that ECK runs',
    about:
      'ECK manages client certificates: the Agent names a Secret that a job in the cluster fills and renews.',
    profile: 'agent',
    keyKind: 'p256',
    deployment: {
      model: 'on-premises',
      stackVersion: '9.5.2',
      os: 'container',
      container: {
        runtime: 'eck',
        namespace: 'elastic',
        image: 'registry.example.com/kubectl-openssl-curl:1',
      },
      eck: { eckVersion: '3.5.0', enterpriseLicense: true },
    },
  },
  {
    title: 'Fleet Server that ECK runs, without an Enterprise licence',
    about: "Elastic's recipe by hand, corrected; a certificate for the listener and for Elasticsearch.",
    profile: 'fleet-server',
    dnsNames: ['fleet-server-agent-http.elastic.svc', 'fleet.example.com'],
    deployment: {
      model: 'on-premises',
      stackVersion: '9.3.8',
      os: 'container',
      container: {
        runtime: 'eck',
        namespace: 'elastic',
        image: 'registry.example.com/kubectl-openssl-curl:1',
      },
      eck: { eckVersion: '3.3.1', enterpriseLicense: false },
    },
  },
  {
    title: 'ECK operator metrics, installed by Helm',
    about: 'The native way of ECK 2.16 and later.',
    profile: 'eck-metrics',
    dnsNames: ['elastic-operator-metrics.elastic-system.svc'],
    deployment: { model: 'eck-metrics', eck: { eckVersion: '3.5.0', install: 'helm' } },
  },
  {
    title: 'ECK operator metrics, installed by manifests, renewed in the cluster',
    about: 'Patches of what the all-in-one manifest lacks, and a CronJob that renews the certificate.',
    profile: 'eck-metrics',
    dnsNames: ['elastic-operator-metrics.elastic-system.svc'],
    deployment: {
      model: 'eck-metrics',
      eck: {
        eckVersion: '3.5.0',
        install: 'manifests',
        jobImage: 'registry.example.com/kubectl-openssl-curl:1',
      },
    },
  },
  {
    title: 'ECK operator metrics before 2.16',
    about: 'kube-rbac-proxy beside the operator; its old registry is gone, so the request names the image.',
    profile: 'eck-metrics',
    dnsNames: ['elastic-operator-metrics.elastic-system.svc'],
    deployment: {
      model: 'eck-metrics',
      eck: {
        eckVersion: '2.15.0',
        install: 'helm',
        kubeRbacProxyImage: 'quay.io/brancz/kube-rbac-proxy:v0.18.2',
      },
    },
  },
];

/** In the order of the guide: on premises, on Elastic Cloud, ECK. */
export const GROUPS: Readonly<Record<string, readonly Example[]>> = {
  'Elastic Agents': AGENTS,
  'Fleet Server': FLEET_SERVERS,
  'Outputs: their servers and their clients': OUTPUTS,
  'Elastic Cloud, behind a proxy of your own': CLOUD,
  'Elastic Cloud on Kubernetes (ECK)': ECK,
};

export const EXAMPLES: readonly Example[] = Object.values(GROUPS).flat();

/** What cannot work, with the words that say why and what to do instead. */
export const REFUSALS: readonly Refusal[] = [
  {
    title: 'Elastic Cloud without a proxy of your own',
    profile: 'agent',
    deployment: { model: 'cloud', os: 'linux', stackVersion: '9.5.2', fleetUrl: FLEET },
  },
  {
    title: 'A forward proxy in front of Elastic Cloud',
    profile: 'agent',
    deployment: {
      model: 'cloud-proxy',
      os: 'linux',
      stackVersion: '9.5.2',
      fleetUrl: FLEET,
      proxy: { kind: 'forward', fleetUrl: 'https://proxy.example.com:3128' },
    },
  },
  {
    title: 'An encrypted key where nothing could read it',
    profile: 'fleet-server',
    deployment: {
      model: 'on-premises',
      os: 'linux',
      stackVersion: '9.5.2',
      fleetUrl: FLEET,
      keyPassphraseFile: '/etc/fleetseal/key.pass',
      fleetServer: { elasticsearchUrl: 'https://elasticsearch.example.com:9200' },
    },
  },
];
