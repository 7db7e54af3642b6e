import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { FilePlace } from '../kit/kit-file.ts';
import { applicable, type Note } from '../kit/note.ts';
import { shellCommand } from '../syntax/shell.ts';
import type { Product } from './products.ts';
import { KAFKA_PREFIX } from './render.ts';
import type { ServerFiles } from './server-files.ts';

/** The notes for those who run the servers. */
export function outputServerNotes(
  deployment: ResolvedDeployment,
  products: ReadonlySet<Product>,
  files: ServerFiles,
  key: FilePlace,
): readonly Note[] {
  return applicable([
    clients(products),
    keyOwner(key, secretsOf(products, files)),
    ...(products.has('elasticsearch') ? elasticsearch(deployment) : []),
    ...(products.has('logstash') ? LOGSTASH : []),
    ...(products.has('kafka') ? kafka(deployment, files) : []),
  ]);
}

/** When each product uses renewed files: the words of notes and of `activation`. */
export const RELOADS = {
  // elastic.co, Update TLS certificates.
  elasticsearch: 'Elasticsearch reloads renewed files at the same paths automatically, within seconds.',
  // elastic/logstash#18895.
  logstash: 'Logstash reads its files only at startup: restart it after each renewal.',
  // kafka DynamicBrokerConfig, reloadUpdatedFilesWithoutConfigChange; measured with 4.1.1 (test/interop/kafka).
  kafka: `A Kafka broker reads a renewed keystore when it restarts. Before that, build the PEM keystore again from the renewed files. kafka-configs loads it without a restart when it sets ${KAFKA_PREFIX}ssl.keystore.location of the broker again, also to the same path; it refuses a certificate with another subject.`,
} as const satisfies Readonly<Record<Product, string>>;

/** Only Elasticsearch has clients that are not agents. */
function clients(products: ReadonlySet<Product>): Note {
  const who = products.has('elasticsearch')
    ? 'agents, Fleet Server, Kibana, Logstash and scripts (outputs.clients of kits with profile output-client and form "path")'
    : 'agents';
  return {
    code: 'server_demands_certificates',
    severity: 'warning',
    message: `With these settings the server refuses every client without a certificate from fleetseal: first give one, and fleetseal's roots as the CA that verifies this server, to ${who}, or set ${optional(products)} until they have one. The server checks the chain, but neither names nor revocation: a certificate lets a client connect, but does not log it in.`,
    source: 'elastic.co, Logstash, elastic_agent input; Elasticsearch, security settings',
  };
}

/** Kafka has another word for it (broker configuration, ssl.client.auth). */
function optional(products: ReadonlySet<Product>): string {
  if (!products.has('kafka')) return '"optional"';
  return products.size === 1 ? '"requested"' : '"optional" (in Kafka "requested")';
}

/** What the servers read: Kafka the key within its keystore. */
function secretsOf(products: ReadonlySet<Product>, { keystore }: ServerFiles): string {
  if (!products.has('kafka')) return 'the key';
  return products.size === 1 ? keystore : `the key and ${keystore}`;
}

/** As the list of files has it. */
function keyOwner(key: FilePlace, secrets: string): Note {
  return {
    code: 'server_key_owner',
    severity: 'warning',
    message: `${readersOf(key, secrets)}, or the server cannot read it.`,
    source: 'elastic.co, Install Elasticsearch with RPM or a Debian package; Logstash, directory layout',
  };
}

function readersOf({ mode, owner, group }: FilePlace, secrets: string): string {
  if (mode === null)
    return `Only SYSTEM and administrators may read ${secrets}: let the account of the service read it too`;
  if (mode === '0640')
    return `The group ${group}, which the packages of the server create, may read ${secrets}: if the server was installed otherwise, give the key to the group of its account`;
  return owner === 'root'
    ? `Only root may read ${secrets}: make the account of the server its owner`
    : `Only the user ${owner} may read ${secrets}: if the server runs as another user, make that one its owner`;
}

const elasticsearch = ({ directory }: ResolvedDeployment): readonly Note[] => [
  {
    code: 'elasticsearch_first_start',
    severity: 'warning',
    message:
      'From 8.0 Elasticsearch writes xpack.security.http.ssl (enabled, keystore.path) into elasticsearch.yml at its first start: remove that block, and a truststore.path in it, before you add these lines, or the node does not start. Leave xpack.security.enabled and xpack.security.transport.ssl as they are. Afterwards elasticsearch-create-enrollment-token no longer works: configure other nodes and Kibana in their files.',
    source:
      'elasticsearch AutoConfigureNode.java; SslConfigurationLoader.java, "cannot specify both"; ExternalEnrollmentTokenGenerator.java',
  },
  {
    code: 'elasticsearch_config_directory',
    severity: 'warning',
    message: `Elasticsearch reads certificates only below its own configuration directory. This kit puts them into ${directory}: if that is not below it (ES_PATH_CONF, or config where the archive was unpacked), request the kit with a directory that is.`,
    source: 'elasticsearch SslFileUtil.java: "SSL resources should be placed in the [...] directory"',
  },
  {
    code: 'elasticsearch_reloads',
    severity: 'info',
    message: `The settings need one restart of each node. ${RELOADS.elasticsearch} Kibana needs a restart for its own files.`,
    source: 'elastic.co, Update TLS certificates',
  },
];

const LOGSTASH: readonly Note[] = [
  {
    code: 'logstash_needs_pkcs8',
    severity: 'warning',
    message: 'Logstash reads only PKCS#8 keys: convert any other with openssl pkcs8 -topk8 -nocrypt.',
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
      "Pages of Elastic's guide still show ssl and ssl_verify_mode, with which the plugin does not start from version 7. This kit uses the current names.",
    source: 'logstash-input-beats 7.0.0 changelog',
  },
];

function kafka({ os }: ResolvedDeployment, { key, certificate, keystore }: ServerFiles): readonly Note[] {
  const join = `${shellCommand(['cat', key, certificate])} > ${shellCommand([keystore])}`;
  return [
    {
      code: 'kafka_keystore_file',
      severity: 'warning',
      message: `Kafka needs the key and the certificates in one file, ${keystore}: create it on the host, readable only by Kafka's account, and again after each renewal${os === 'windows' ? '' : `, as root with (umask 077; ${join})`}. The key must be PKCS#8.`,
      source: 'Apache Kafka, KIP-651; DefaultSslEngineFactory.java',
    },
    {
      code: 'kafka_version',
      severity: 'info',
      message: 'Kafka supports PEM files from 2.7, and unencrypted keys in them from 3.3.',
      source: 'apache/kafka#11916 (KAFKA-12703)',
    },
    {
      code: 'kafka_listener',
      severity: 'warning',
      message: `Add the listener to those that the broker already has, as the comments in the lines say. If listener.security.protocol.map is not set yet, it must now name all listeners, including the controller's. With KRaft, 9093 is often the controller's port: if so, use another port in the output's hosts. Use the listener only for agents: a certificate of this profile is not valid for clients, so brokers cannot connect to each other with it.`,
      source: 'RFC 5280 section 4.2.1.12; Apache Kafka, broker configuration, listener.security.protocol.map',
    },
    {
      code: 'kafka_passwords_without_prefix',
      severity: 'warning',
      message: `Settings without a listener prefix also apply to this listener unless it has its own, and Kafka refuses a password with these files: if ssl.keystore.password, ssl.key.password or ssl.truststore.password is set, add the prefix of the listener that it is for.`,
      source:
        'Apache Kafka AbstractConfig.java, valuesWithPrefixOverride; DefaultSslEngineFactory.java, createKeystore',
    },
    {
      code: 'kafka_reload',
      severity: 'info',
      message: RELOADS.kafka,
      source: 'Apache Kafka, KIP-226; measured with Kafka 4.1.1',
    },
  ];
}
