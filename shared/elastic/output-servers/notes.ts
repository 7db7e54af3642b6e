import type { ResolvedDeployment } from '../deployment.ts';
import type { Note } from '../note.ts';
import { shellCommand } from '../syntax/shell.ts';
import type { Product } from './products.ts';
import { KAFKA_PREFIX, type ServerFiles } from './render.ts';

/** What an operator of the servers should know. */
export function outputServerNotes(
  deployment: ResolvedDeployment,
  products: ReadonlySet<Product>,
  files: ServerFiles,
): readonly Note[] {
  return [
    CLIENTS,
    KEY_OWNER,
    ...(products.has('elasticsearch') ? ELASTICSEARCH : []),
    ...(products.has('logstash') ? LOGSTASH : []),
    ...(products.has('kafka') ? kafka(deployment, files) : []),
  ];
}

/** How each product comes to use renewed files: the words of notes and of `activation`. */
export const RELOADS = {
  // elastic.co, Update TLS certificates.
  elasticsearch: 'Elasticsearch reads renewed files at the same paths by itself, within seconds.',
  // elastic/logstash#18895.
  logstash: 'Logstash reads renewed files when it starts: restart it after each renewal.',
  // KIP-226; KAFKA-7429: a file that changed is read again though its path is the same.
  kafka: `A Kafka broker reads a renewed store when it restarts, or when kafka-configs sets ${KAFKA_PREFIX}ssl.keystore.location anew, also to the same path; its PEM store is made anew from the renewed files first.`,
} as const satisfies Readonly<Record<Product, string>>;

const CLIENTS: Note = {
  code: 'server_demands_certificates',
  severity: 'warning',
  message:
    'With these settings the server refuses every client without a certificate of fleetseal: give one to agents, Fleet Server, Kibana, Logstash and scripts first, or set "optional" until they have one. It checks the chain, not the names, and no revocation: a certificate is a gate, not a login.',
  source: 'elastic.co, Logstash, elastic_agent input; Elasticsearch, security settings',
};

const KEY_OWNER: Note = {
  code: 'server_key_owner',
  severity: 'warning',
  message:
    'The key is for root alone as listed here: make the account that the server runs as its owner (elasticsearch and logstash where they come from packages), or the server cannot read it.',
  source: 'elastic.co, Install Elasticsearch with RPM or a Debian package; Logstash, directory layout',
};

const ELASTICSEARCH: readonly Note[] = [
  {
    code: 'elasticsearch_first_start',
    severity: 'warning',
    message:
      'From 8.0 Elasticsearch writes xpack.security.http.ssl (enabled, keystore.path) into elasticsearch.yml at its first start: take that out, and a truststore.path of it, before you add these lines, or the node does not start. Leave xpack.security.enabled and xpack.security.transport.ssl as they are. Afterwards elasticsearch-create-enrollment-token works no more: set up other nodes and Kibana by their files.',
    source:
      'elasticsearch AutoConfigureNode.java; SslConfigurationLoader.java, "cannot specify both"; ExternalEnrollmentTokenGenerator.java',
  },
  {
    code: 'elasticsearch_config_directory',
    severity: 'warning',
    message:
      'Elasticsearch reads certificates only below its own configuration directory: ask for the kit with a directory there, such as /etc/elasticsearch/fleetseal.',
    source: 'elasticsearch SslFileUtil.java: "SSL resources should be placed in the [...] directory"',
  },
  {
    code: 'elasticsearch_reloads',
    severity: 'info',
    message: `The settings need a restart of each node, once. ${RELOADS.elasticsearch} Kibana needs a restart for its own.`,
    source: 'elastic.co, Update TLS certificates',
  },
];

const LOGSTASH: readonly Note[] = [
  {
    code: 'logstash_needs_pkcs8',
    severity: 'warning',
    message: 'Logstash reads its key as PKCS#8 only: convert another with openssl pkcs8 -topk8 -nocrypt.',
    source: 'elastic.co, Logstash, elastic_agent input, ssl_key',
  },
  {
    code: 'logstash_restart',
    severity: 'warning',
    message: RELOADS.logstash,
    source: 'elastic/logstash#18895',
  },
  {
    code: 'guide_logstash_options',
    severity: 'info',
    message:
      "Pages of Elastic's guide still show ssl and ssl_verify_mode, with which the plugin does not start from version 7: these are the names since.",
    source: 'logstash-input-beats 7.0.0 changelog',
  },
];

function kafka({ os }: ResolvedDeployment, { key, certificate, keystore }: ServerFiles): readonly Note[] {
  const join = `${shellCommand(['cat', key, certificate])} > ${shellCommand([keystore])}`;
  return [
    {
      code: 'kafka_keystore_file',
      severity: 'warning',
      message: `Kafka wants key and certificates in one file, ${keystore}: make it on the host, readable for the account of Kafka alone, and again after each renewal${os === 'windows' ? '' : `, with (umask 077; ${join})`}. The key must be PKCS#8.`,
      source: 'Apache Kafka, KIP-651; DefaultSslEngineFactory.java',
    },
    {
      code: 'kafka_version',
      severity: 'info',
      message: 'Kafka reads an unencrypted key from a PEM file from 3.3, and PEM at all from 2.7.',
      source: 'apache/kafka#11916 (KAFKA-12703)',
    },
    {
      code: 'kafka_listener',
      severity: 'warning',
      message: `Add the listener to those that the broker has, as the comments of the lines say. Where listener.security.protocol.map is not set yet it must then name all listeners, also the controller's. In KRaft 9093 is often the controller's port: name another one in the output's hosts then. Keep the listener for agents: a certificate of this profile cannot be a client, so brokers could not talk to each other by it.`,
      source: 'RFC 5280 section 4.2.1.12; Apache Kafka, broker configuration, listener.security.protocol.map',
    },
    {
      code: 'kafka_passwords_without_prefix',
      severity: 'warning',
      message: `Settings without the prefix of a listener hold for this one too, where it has none of its own, and Kafka refuses a password with these files: give ssl.keystore.password, ssl.key.password and ssl.truststore.password, where you have them, the prefix of the listeners that they are for.`,
      source:
        'Apache Kafka AbstractConfig.java, valuesWithPrefixOverride; DefaultSslEngineFactory.java, createKeystore',
    },
    {
      code: 'kafka_reload',
      severity: 'info',
      message: RELOADS.kafka,
      source: 'Apache Kafka, KIP-226; apache/kafka#5699 (KAFKA-7429)',
    },
  ];
}
