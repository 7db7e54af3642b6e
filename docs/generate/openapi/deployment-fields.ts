import { CLIENT_AUTH } from '../../../shared/elastic/deployment/fields/fleet-server.ts';
import { OUTPUT_FORMS, OUTPUT_TYPES } from '../../../shared/elastic/deployment/fields/outputs.ts';
import { PROXY_KINDS } from '../../../shared/elastic/deployment/fields/proxy.ts';
import { TRUST_PEERS, type TrustPeer } from '../../../shared/elastic/deployment/fields/trust.ts';
import { MODEL_NAMES, MODELS } from '../../../shared/elastic/deployment/models.ts';
import { DEFAULT_DIRECTORIES, OPERATING_SYSTEMS } from '../../../shared/elastic/deployment/paths.ts';
import { CLUSTER_FIELDS } from './cluster-fields.ts';
import type { FieldWords } from './field-words.ts';

/** The peers of `trust`, each with what is verified. */
const PEERS: Readonly<Record<TrustPeer, string>> = {
  fleetServer: 'Fleet Server, for agents and for its own host',
  elasticsearch: 'Elasticsearch, for its outputs and for Fleet Server',
  logstash: 'Logstash, for outputs of type logstash',
  kafka: 'Kafka, for outputs of type kafka',
  proxy: 'a terminating proxy, for clients that connect through it',
};

/** The five peers have the same form. */
const TRUST: Readonly<Record<string, FieldWords>> = Object.fromEntries(
  TRUST_PEERS.flatMap((peer): [string, FieldWords][] => [
    [
      `trust.${peer}`,
      {
        description: `Which CA verifies ${PEERS[peer]}: "fleetseal" (its roots), "system" (those of the operating system), or a CA of your own as pem or path. By default fleetseal${peer === 'fleetServer' || peer === 'elasticsearch' ? '; for the profile proxy, which connects to Elastic Cloud, system' : ''}.`,
        examples: ['fleetseal', 'system', { path: '/etc/ssl/own-ca.crt' }],
      },
    ],
    [`trust.${peer}.pem`, { description: 'Certificates in PEM; the kit writes them to a file.' }],
    [
      `trust.${peer}.path`,
      {
        description: 'A file on the host: an absolute path without white space and commas.',
        examples: ['/etc/ssl/own-ca.crt'],
      },
    ],
  ]),
);

const models = MODEL_NAMES.map((model) => `${model}: ${MODELS[model].describes}`).join('; ');

/**
 * The words for every field of `deployment`, by its place: `.` below an object, `[]` an item. They are not in the schema
 * itself, since that is part of what functions load. A field without words, and words without a field, are an error.
 */
export const DEPLOYMENT_FIELDS: Readonly<Record<string, FieldWords>> = {
  model: {
    required: true,
    description: `How the fleet is deployed. ${models}. The model cloud of Elastic's guide is refused, with two alternatives: mutual TLS is not possible there.`,
    enum: MODEL_NAMES,
  },
  stackVersion: {
    description:
      'Version of Elastic Agent, three numbers (a suffix such as -SNAPSHOT is dropped). If omitted, the kit has what every version takes, and its notes say what depends on it. Not for eck-metrics.',
    examples: ['9.5.2', '8.19.4'],
  },
  os: {
    description:
      'Required, except for eck-metrics, where it is the system on which kubectl runs (linux or macos; by default linux). Where the files are: paths, quoting and commands depend on it.',
    enum: OPERATING_SYSTEMS,
  },
  fleetUrl: {
    description:
      "Address of Fleet Server, https:// without user, query and fragment. Required for agents and Fleet Servers, except in cloud-proxy, where agents use proxy.fleetUrl and this is Fleet Server's own address behind it.",
    examples: ['https://fleet.example.com:8220'],
  },
  fleetEnrollmentToken: {
    description:
      "Fleet's own enrollment token, from Kibana; not a bootstrap token of this service. If omitted, the commands have a placeholder, and a note says so.",
    examples: ['dG9rZW4taWQ6dG9rZW4ta2V5'],
  },
  directory: {
    description: `Where the files go: absolute, without white space and commas. By default ${DEFAULT_DIRECTORIES.linux} (linux, container), ${DEFAULT_DIRECTORIES.macos} (macos), ${DEFAULT_DIRECTORIES.windows} (windows).`,
    examples: [DEFAULT_DIRECTORIES.linux],
  },
  keyPassphraseFile: {
    description:
      'Absolute path of a file on the host with only the passphrase of the private key, without a newline; not the passphrase itself. If omitted, the key is not encrypted. From 8.16.0; not in containers, with Ed25519 or in a FIPS build.',
    examples: [`${DEFAULT_DIRECTORIES.linux}/agent.pass`],
  },
  agent: { description: 'The Elastic Agent of the host: profiles agent and fleet-server.' },
  'agent.alreadyEnrolled': {
    description:
      'Whether the agent is in Fleet already, with certificates from another CA: the kit then moves it instead of installing and enrolling it.',
    default: false,
  },
  'agent.unprivileged': {
    description: 'Whether the agent runs as an account without privileges. From 8.15.0.',
    default: false,
  },
  'agent.user': {
    description:
      'Existing account, with unprivileged. From 8.17.0; not on Windows. By default elastic-agent-user, which install creates.',
    examples: ['svc-elastic'],
  },
  'agent.group': {
    description:
      'Existing group, with unprivileged. From 8.17.0. By default elastic-agent, which install creates.',
    examples: ['svc-elastic'],
  },
  'agent.tags': {
    description: 'Tags of the agent in Fleet, without commas and double quotes. By default none.',
    examples: [['web', 'rack-4']],
  },
  'agent.headers': {
    description:
      'HTTP headers by name, sent to Fleet Server with every request (before 9.1.0 only to Elasticsearch). Not in containers. By default none.',
    examples: [{ 'x-tenant': 'blue' }],
  },
  'agent.proxy': {
    description:
      'Forward proxy between the agent and Fleet Server. By default from the environment (HTTPS_PROXY). Not in containers.',
  },
  'agent.proxy.url': {
    description: 'http://, https:// or socks5://, without query and fragment; may have user and password.',
    examples: ['http://proxy.example.com:3128'],
  },
  'agent.proxy.headers': {
    description: 'HTTP headers by name, sent to the proxy. By default none.',
    examples: [{ 'proxy-authorization': 'Basic dXNlcjpwYXNz' }],
  },
  'agent.proxy.disabled': {
    description: 'Also ignores proxies from the environment; excludes url and headers.',
    default: false,
  },
  'agent.elasticDefend': {
    description:
      'Whether the policy has the Elastic Defend integration, which takes only RSA keys before 9.1.0.',
    default: false,
  },
  'agent.fips': {
    description:
      'Whether the agent is a FIPS build: no encrypted key, and no Ed25519, which only the newest accept.',
    default: false,
  },
  fleetServer: { description: 'The Fleet Server of the host: profile fleet-server.' },
  'fleetServer.policyId': {
    description:
      "Id of the agent policy with the Fleet Server integration. By default Fleet's default one, and a note says so.",
    examples: ['fleet-server-policy'],
  },
  'fleetServer.serviceTokenPath': {
    description:
      'Absolute path of a file on the host with the service token of Elasticsearch; not the token itself. By default service-token in directory.',
    examples: [`${DEFAULT_DIRECTORIES.linux}/service-token`],
  },
  'fleetServer.bindHost': {
    description: 'IP address or name of this host on which Fleet Server listens, without port.',
    default: '0.0.0.0',
  },
  'fleetServer.port': {
    description: "Port on which Fleet Server listens; not 8221, which is for the host's own agent.",
    default: 8220,
    minimum: 1,
    maximum: 65_535,
  },
  'fleetServer.clientAuth': {
    description:
      'Whether Fleet Server asks agents for a certificate. Only required enforces mutual TLS; optional checks a certificate only if the agent sends one.',
    enum: CLIENT_AUTH,
    default: 'required',
  },
  'fleetServer.listenerCertificatePath': {
    description:
      "File on the host with a certificate of another CA that the listener keeps, followed by its issuers: agents verify it by trust.fleetServer. Goes with listenerKeyPath. By default the listener presents fleetseal's certificate, which the host's own agent and the client to Elasticsearch use in both cases.",
    examples: ['/etc/pki/tls/fleet.crt'],
  },
  'fleetServer.listenerKeyPath': {
    description: 'File on the host with the key of that certificate; not the key itself.',
    examples: ['/etc/pki/tls/fleet.key'],
  },
  'fleetServer.listenerKeyPassphrasePath': {
    description: 'File on the host with only the passphrase of that key; not the passphrase itself.',
    examples: ['/etc/pki/tls/fleet.pass'],
  },
  'fleetServer.elasticsearchUrl': {
    description:
      'Address of Elasticsearch, https:// without user, query and fragment. Required unless proxy.elasticsearchUrl is given.',
    examples: ['https://es.example.com:9200'],
  },
  'fleetServer.elasticsearchCaFingerprint': {
    description:
      "SHA-256 of Elasticsearch's CA certificate, 64 hex digits; colons are removed. By default none: only trust.elasticsearch verifies it.",
    examples: ['3c0b4a0f6f2f6b3a7d7a5b0a9c8e1d2f3a4b5c6d7e8f90123456789abcdef012'],
  },
  'fleetServer.elasticsearchClientCertificate': {
    description:
      'Whether Fleet Server presents its certificate to Elasticsearch, or to the proxy in front of it. The key may be encrypted only without it.',
    default: true,
  },
  outputs: {
    description:
      'Where agents send their data; for the profile output-server, the servers that have the certificate. Required for output-client and output-server. By default the kit has the settings of one output to Elasticsearch.',
  },
  'outputs[].id': {
    description:
      'Id of the output in Fleet: 1 to 100 letters, digits, "-" and "_". By default fleetseal- and the name in lower case.',
    examples: ['fleetseal-main'],
  },
  'outputs[].type': { required: true, description: 'Kind of output.', enum: Object.keys(OUTPUT_TYPES) },
  'outputs[].name': {
    description:
      'Unique name of the output in Fleet, 1 to 256 characters. Required, except for the profile output-server.',
    examples: ['Main'],
  },
  'outputs[].hosts': {
    description:
      'https://host:port of Elasticsearch, host:port of Logstash and Kafka. Required, except for the profile output-server, and for type elasticsearch with proxy.elasticsearchUrl.',
    maxItems: 10,
    examples: [['https://es.example.com:9200'], ['logstash.example.com:5044']],
  },
  'outputs[].isDefault': {
    description: 'For data from integrations in policies that name no output; at most one output.',
    default: false,
  },
  'outputs[].isDefaultMonitoring': {
    description: 'The same for the monitoring of agents.',
    default: false,
  },
  'outputs[].form': {
    description:
      'Where the certificate and key are: files on every host (path), or the policy itself (inline, only for output-client). By default inline for the profile output-client, path for the others.',
    enum: OUTPUT_FORMS,
  },
  'outputs[].kafka': {
    description: 'Only for type kafka; required there, except for the profile output-server.',
  },
  'outputs[].kafka.topic': {
    description:
      'Required, except for the profile output-server. Topic of the events: letters, digits, ".", "_", "-", or fields of the event, 249 characters at most.',
    examples: ['events', '%{[data_stream.type]}'],
  },
  'outputs[].kafka.version': {
    description: "Version of Kafka's protocol. By default Fleet's own.",
    examples: ['2.6.0'],
  },
  'outputs[].remote': { description: 'Only for type remote_elasticsearch.' },
  'outputs[].remote.kibanaUrl': {
    description: 'Address of the remote Kibana, http:// or https://. From 9.1.0. By default none.',
    examples: ['https://kibana.remote.example.com:5601'],
  },
  proxy: {
    description:
      'Proxy in front of Elastic Cloud (terminating; models cloud-proxy and on-premises-hosted-elasticsearch), or of your own Fleet Server (forward; on-premises).',
  },
  'proxy.kind': {
    description:
      'terminating: agents use mutual TLS with the proxy, which opens its own connections. forward: the proxy passes connections through (HTTP CONNECT).',
    enum: PROXY_KINDS,
    default: 'terminating',
  },
  'proxy.fleetUrl': {
    description:
      'Where agents reach Fleet Server: https://host:port of a terminating proxy (required in cloud-proxy), or the address of the forward proxy itself.',
    examples: ['https://fleet-proxy.example.com:8220', 'http://proxy.example.com:3128'],
  },
  'proxy.elasticsearchUrl': {
    description:
      'https://host:port where agents, and a Fleet Server of your own, reach Elasticsearch. Required in on-premises-hosted-elasticsearch.',
    examples: ['https://es-proxy.example.com:9200'],
  },
  'proxy.upstream': { description: 'What a terminating proxy connects to, on Elastic Cloud.' },
  'proxy.upstream.fleetUrl': {
    description:
      'https://host:port with a host name. By default fleetUrl of the deployment, in the model cloud-proxy.',
    examples: ['https://abc.fleet.eu-west-1.aws.elastic.cloud:443'],
  },
  'proxy.upstream.elasticsearchUrl': {
    description:
      'https://host:port with a host name. Required with proxy.elasticsearchUrl, for the proxy itself.',
    examples: ['https://abc.es.eu-west-1.aws.elastic.cloud:443'],
  },
  trust: {
    description: 'Which CA verifies each peer; each has its own default.',
  },
  ...TRUST,
  ...CLUSTER_FIELDS,
};
