import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { kitFor, OUTPUTS, refused } from '../outputs/kits.ts';

const SERVER = { profile: 'output-server' } as const;
const serverKit = (deployment: Deployment) => kitFor(deployment, SERVER);

/** Reads `name => value` of a Logstash input, whose values here are also JSON or plain words. */
function logstashOptions(text: string | undefined): Readonly<Record<string, unknown>> {
  const inner = /^input \{\n {2}elastic_agent \{\n(.*) {2}\}\n\}\n$/s.exec(text ?? '')?.[1] ?? '';
  return Object.fromEntries(
    inner
      .trim()
      .split('\n')
      .map((line) => line.trim().split(' => '))
      .map(([name = '', value = '']) => [name, JSON.parse(value)]),
  );
}

const properties = (text: string | undefined) =>
  Object.fromEntries(
    (text ?? '')
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split('=')),
  );

const LISTENER = 'listener.name.agents.';

describe('the settings of servers that agents write to', () => {
  test('Logstash: an input that demands a certificate, by the names of plugin 7', () => {
    const { outputServers } = serverKit({ outputs: [{ type: 'logstash' }] });
    expect(logstashOptions(outputServers?.logstash)).toEqual({
      port: 5044,
      ssl_enabled: true,
      ssl_certificate: '/etc/fleetseal/output-server.crt',
      ssl_key: '/etc/fleetseal/output-server.key',
      ssl_certificate_authorities: ['/etc/fleetseal/ca.crt'],
      ssl_client_authentication: 'required',
    });
    expect(Object.keys(outputServers ?? {})).toEqual(['logstash']);
  });

  test.each([OUTPUTS.elasticsearch, OUTPUTS.remote])('Elasticsearch ($type)', (output) => {
    const { outputServers } = serverKit({ directory: '/etc/elasticsearch/fleetseal', outputs: [output] });
    expect(parse(outputServers?.elasticsearchYml ?? '')).toEqual({
      'xpack.security.http.ssl.enabled': true,
      'xpack.security.http.ssl.certificate': '/etc/elasticsearch/fleetseal/output-server.crt',
      'xpack.security.http.ssl.key': '/etc/elasticsearch/fleetseal/output-server.key',
      'xpack.security.http.ssl.certificate_authorities': ['/etc/elasticsearch/fleetseal/ca.crt'],
      'xpack.security.http.ssl.client_authentication': 'required',
    });
    expect(Object.keys(outputServers ?? {})).toEqual(['elasticsearchYml']);
  });

  test('Kafka: settings of one listener, which leave those of the others as they are', () => {
    const { outputServers } = serverKit({ outputs: [{ type: 'kafka', hosts: ['kafka:9095'] }] });
    expect(properties(outputServers?.kafkaProperties)).toEqual({
      [`${LISTENER}ssl.keystore.type`]: 'PEM',
      [`${LISTENER}ssl.keystore.location`]: '/etc/fleetseal/output-server.pem',
      [`${LISTENER}ssl.truststore.type`]: 'PEM',
      [`${LISTENER}ssl.truststore.location`]: '/etc/fleetseal/ca.crt',
      [`${LISTENER}ssl.client.auth`]: 'required',
    });
    expect(outputServers?.kafkaProperties?.split('\n').slice(0, 3)).toEqual([
      '# Add to listeners: AGENTS://:9095',
      "# Add to advertised.listeners: AGENTS://<the broker's name in its certificate>:9095",
      '# Add to listener.security.protocol.map: AGENTS:SSL',
    ]);
  });

  test('Kafka: a PEM store in one file, which the host makes', () => {
    const { files, notes } = serverKit({ outputs: [OUTPUTS.kafka] });
    expect(files.find(({ path }) => path.endsWith('.pem'))).toMatchObject({
      mode: '0600',
      role: 'certificate-and-key',
      source: 'host',
    });
    expect(notes.find(({ code }) => code === 'kafka_keystore_file')?.message).toContain(
      'as root with (umask 077; cat /etc/fleetseal/output-server.key /etc/fleetseal/output-server.crt > /etc/fleetseal/output-server.pem)',
    );
  });

  test('on Windows paths have forward slashes where backslashes escape', () => {
    const settings = (output: Deployment['outputs']) =>
      serverKit({ os: 'windows', outputs: output }).outputServers;
    expect(
      logstashOptions(settings([{ type: 'logstash', hosts: ['logstash:6000'] }])?.logstash),
    ).toMatchObject({ port: 6000, ssl_key: 'C:/ProgramData/fleetseal/output-server.key' });
    expect(properties(settings([OUTPUTS.kafka])?.kafkaProperties)[`${LISTENER}ssl.keystore.location`]).toBe(
      'C:/ProgramData/fleetseal/output-server.pem',
    );
    expect(
      parse(settings([OUTPUTS.elasticsearch])?.elasticsearchYml ?? '')['xpack.security.http.ssl.key'],
    ).toBe('C:\\ProgramData\\Elastic\\Elasticsearch\\config\\fleetseal\\output-server.key');
  });

  test('a property outside of ASCII, and a backslash, are escaped', () => {
    const { outputServers } = serverKit({ directory: '/srv/a\\b/ü', outputs: [OUTPUTS.kafka] });
    expect(properties(outputServers?.kafkaProperties)[`${LISTENER}ssl.truststore.location`]).toBe(
      '/srv/a\\\\b/\\u00fc/ca.crt',
    );
  });

  test.each<{ name: string; deployment: Deployment; expected: string }>([
    {
      name: "Elasticsearch's group",
      deployment: { outputs: [OUTPUTS.elasticsearch] },
      expected: '0640 root:elasticsearch',
    },
    { name: "Logstash's group", deployment: { outputs: [OUTPUTS.logstash] }, expected: '0640 root:logstash' },
    {
      name: 'root, where nobody knows the account',
      deployment: { outputs: [OUTPUTS.kafka] },
      expected: '0600 root:root',
    },
    {
      name: 'root, where two services would have to',
      deployment: { outputs: [OUTPUTS.logstash, OUTPUTS.kafka] },
      expected: '0600 root:root',
    },
    {
      name: "the container's user",
      deployment: { os: 'container', outputs: [OUTPUTS.logstash] },
      expected: '0600 1000:root',
    },
  ])('the key is readable for $name', ({ deployment, expected }) => {
    const file = serverKit(deployment).files.find(({ source }) => source === 'host-key');
    expect(`${file?.mode} ${file?.owner}:${file?.group}`).toBe(expected);
  });

  test.each<{ name: string; outputs: Deployment['outputs']; words: string }>([
    {
      name: 'Elasticsearch',
      outputs: [OUTPUTS.elasticsearch],
      words:
        'to agents, Fleet Server, Kibana, Logstash and scripts (outputs.clients of kits with profile output-client and form "path"), or set "optional" until',
    },
    { name: 'Logstash', outputs: [OUTPUTS.logstash], words: 'to agents, or set "optional" until' },
    { name: 'Kafka', outputs: [OUTPUTS.kafka], words: 'to agents, or set "requested" until' },
    {
      name: 'Kafka and Logstash',
      outputs: [OUTPUTS.kafka, OUTPUTS.logstash],
      words: 'to agents, or set "optional" (in Kafka "requested") until',
    },
  ])('$name: a note says who needs a certificate first', ({ outputs, words }) => {
    const note = serverKit({ outputs }).notes.find(({ code }) => code === 'server_demands_certificates');
    expect(note?.message).toContain(words);
  });

  test('notes say what must restart, and what each server cannot do', () => {
    const codes = (deployment: Deployment) => serverKit(deployment).notes.map(({ code }) => code);
    expect(codes({ outputs: [OUTPUTS.elasticsearch] })).toEqual([
      'server_demands_certificates',
      'server_key_owner',
      'elasticsearch_first_start',
      'elasticsearch_config_directory',
      'elasticsearch_reloads',
    ]);
    expect(codes({ outputs: [OUTPUTS.logstash] })).toEqual(
      expect.arrayContaining(['logstash_restart', 'logstash_needs_pkcs8', 'guide_logstash_options']),
    );
    expect(codes({ outputs: [OUTPUTS.kafka] })).toEqual(
      expect.arrayContaining(['kafka_version', 'kafka_listener', 'kafka_reload']),
    );
  });

  test.each([
    {
      output: OUTPUTS.elasticsearch,
      code: 'elasticsearch_first_start',
      message:
        'From 8.0 Elasticsearch writes xpack.security.http.ssl (enabled, keystore.path) into elasticsearch.yml at its first start: remove that block, and a truststore.path in it, before you add these lines, or the node does not start. Leave xpack.security.enabled and xpack.security.transport.ssl as they are. Afterwards elasticsearch-create-enrollment-token no longer works: configure other nodes and Kibana in their files.',
    },
    {
      output: OUTPUTS.kafka,
      code: 'kafka_listener',
      message:
        "Add the listener to those that the broker already has, as the comments in the lines say. If listener.security.protocol.map is not set yet, it must now name all listeners, including the controller's. With KRaft, 9093 is often the controller's port: if so, use another port in the output's hosts. Use the listener only for agents: a certificate of this profile is not valid for clients, so brokers cannot connect to each other with it.",
    },
    {
      output: OUTPUTS.kafka,
      code: 'kafka_passwords_without_prefix',
      message:
        'Settings without a listener prefix also apply to this listener unless it has its own, and Kafka refuses a password with these files: if ssl.keystore.password, ssl.key.password or ssl.truststore.password is set, add the prefix of the listener that it is for.',
    },
    {
      output: OUTPUTS.kafka,
      code: 'kafka_reload',
      message:
        'A Kafka broker reads a renewed keystore when it restarts. Before that, build the PEM keystore again from the renewed files. kafka-configs loads it without a restart when it sets listener.name.agents.ssl.keystore.location of the broker again, also to the same path; it refuses a certificate with another subject.',
    },
  ])('$code', ({ output, code, message }) => {
    const { notes } = serverKit({ outputs: [output] });
    expect(notes.find((note) => note.code === code)?.message).toBe(message);
  });
});

describe.each(['cloud-proxy', 'on-premises-hosted-elasticsearch'])('beside Elastic Cloud, in %s', (model) => {
  test('Logstash, Kafka and a remote Elasticsearch of your own have their settings', () => {
    const own = kitFor({ model, outputs: [OUTPUTS.logstash, OUTPUTS.kafka] }, SERVER).outputServers;
    expect(Object.keys(own ?? {})).toEqual(['logstash', 'kafkaProperties']);
    const { outputServers, files } = kitFor({ model, outputs: [OUTPUTS.remote] }, SERVER);
    expect(Object.keys(outputServers ?? {})).toEqual(['elasticsearchYml']);
    expect(files.map(({ path }) => path)).toContain('/etc/elasticsearch/fleetseal/output-server.crt');
  });

  test('Elasticsearch itself is not yours to set', () => {
    expect(refused({ model, outputs: [{ type: 'elasticsearch' }] }, SERVER)).toEqual([
      `/outputs/0/type: Elasticsearch is on Elastic Cloud in the model ${model}, where you cannot set its certificate or its settings: request a certificate of profile proxy for the proxy in front of it, or use the model on-premises for your own Elasticsearch`,
    ]);
  });
});

describe('servers are refused', () => {
  const logstash = { outputs: [{ type: 'logstash' }] };
  test.each<{ name: string; deployment: Deployment; keyKind?: KeyKind; words: string }>([
    {
      name: 'no outputs',
      deployment: {},
      words:
        '/outputs: outputs is required: give the type of each server that uses the certificate, such as [{ "type": "logstash" }]',
    },
    {
      name: 'an unknown type',
      deployment: { outputs: [{ type: 'redis' }] },
      words:
        '/outputs/0/type: type "redis" is not supported: use one of elasticsearch, remote_elasticsearch, logstash, kafka',
    },
    {
      name: 'Logstash beside Elasticsearch',
      deployment: { outputs: [{ type: 'elasticsearch' }, { type: 'logstash' }] },
      words:
        '/outputs/1/type: Elasticsearch reads certificates only below its own configuration directory, where the account of Logstash cannot go: request a kit for each of the two servers',
    },
    {
      name: 'Kafka beside a remote Elasticsearch, also in a directory of its own',
      deployment: {
        directory: '/opt/es/config/tls',
        outputs: [{ type: 'kafka' }, { type: 'remote_elasticsearch' }],
      },
      words:
        '/outputs/0/type: Elasticsearch reads certificates only below its own configuration directory, where the account of Kafka cannot go: request a kit for each of the two servers',
    },
    {
      name: 'a bad host',
      deployment: { outputs: [{ type: 'kafka', hosts: ['kafka'] }] },
      words:
        '/outputs/0/hosts/0: the host "kafka" must be host:port without a scheme, for example kafka.example.com:9093',
    },
    {
      name: 'Ed25519',
      deployment: logstash,
      keyKind: 'ed25519',
      words:
        '/outputs/0/type: Logstash cannot read an Ed25519 key from a PEM file: use an RSA, P-256 or P-384 key',
    },
    {
      name: 'a passphrase',
      deployment: { ...logstash, keyPassphraseFile: '/etc/pass' },
      words:
        '/keyPassphraseFile: Elasticsearch, Logstash and Kafka cannot read a passphrase from a file: leave keyPassphraseFile out and use an unencrypted key that only its service can read',
    },
    {
      name: 'trust',
      deployment: { ...logstash, trust: { logstash: 'system' } },
      words:
        "/trust: trust does not apply to the certificate of a server, which verifies its clients with fleetseal's roots: leave it out",
    },
    {
      name: 'a path with a variable',
      deployment: { ...logstash, directory: '/etc/$\u007bHOME}' },
      words:
        '/directory: directory contains "$\u007b", which programs of Elastic replace: use a path without it',
    },
    {
      name: 'a path with a double quote',
      deployment: { ...logstash, directory: '/etc/"tls"' },
      words:
        '/directory: directory "/etc/\\"tls\\"" contains a double quote, which ends a text in the settings of Logstash: use a path without it',
    },
    {
      name: 'a field of agents',
      deployment: { ...logstash, fleetUrl: 'https://f' },
      words: '/fleetUrl: fleetUrl does not apply to a certificate of profile output-server: leave it out',
    },
  ])('$name', ({ deployment, keyKind = 'rsa', words }) => {
    expect(refused(deployment, { ...SERVER, keyKind })).toEqual([words]);
  });
});
