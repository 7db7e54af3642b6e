import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { OutputSettings } from '../../../../shared/elastic/deployment/fields/outputs.ts';
import { isKafkaVersion } from '../../../../shared/elastic/outputs/kafka-versions.ts';
import { OUTPUTS, refused, type Subject } from './kits.ts';

const CLIENT: Subject = { profile: 'output-client' };

describe('outputs are refused', () => {
  const es = OUTPUTS.elasticsearch;
  const one = (output: OutputSettings) => ({ outputs: [output] });
  const cases: readonly { name: string; deployment: Deployment; subject?: Subject; words: string }[] = [
    {
      name: 'no type',
      deployment: one({ ...es, type: undefined }),
      words: '/outputs/0/type: type is required: one of elasticsearch, remote_elasticsearch, logstash, kafka',
    },
    {
      name: 'an unknown type',
      deployment: one({ ...es, type: 'redis' }),
      words:
        '/outputs/0/type: type "redis" is not supported: use one of elasticsearch, remote_elasticsearch, logstash, kafka',
    },
    {
      name: 'no name',
      deployment: one({ ...es, name: undefined, id: 'a' }),
      words: "/outputs/0/name: name is required: the output's name in Fleet",
    },
    {
      name: 'a name of white space',
      deployment: one({ ...es, id: 'a', name: ' ' }),
      words: '/outputs/0/name: name must be 1 to 256 characters, and not only white space',
    },
    {
      name: 'a name without ASCII',
      deployment: one({ ...es, name: 'Ω' }),
      words:
        '/outputs/0/id: id is required if name has no ASCII letter or digit to derive it from: add one, such as my-output',
    },
    {
      name: 'a bad id',
      deployment: one({ ...es, id: '../policies' }),
      words:
        '/outputs/0/id: id must be 1 to 100 letters, digits, "-" and "_", and start with a letter or digit',
    },
    {
      name: 'no hosts',
      deployment: one({ ...es, hosts: [] }),
      words:
        '/outputs/0/hosts: hosts is required: at least one, for example https://elasticsearch.example.com:9200',
    },
    {
      name: 'too many hosts',
      deployment: one({ ...es, hosts: Array.from({ length: 11 }, (_, i) => `https://es-${i}:9200`) }),
      words: '/outputs/0/hosts: hosts must have at most 10 entries, the limit of Fleet: leave out the others',
    },
    {
      name: 'Elasticsearch without TLS',
      deployment: one({ ...es, hosts: ['http://es:9200'] }),
      words:
        '/outputs/0/hosts/0: the host "http://es:9200" must start with https://, because TLS is required',
    },
    {
      name: 'Logstash with a scheme',
      deployment: one({ ...OUTPUTS.logstash, hosts: ['https://logstash:5044'] }),
      words:
        '/outputs/0/hosts/0: the host "https://logstash:5044" must be host:port without a scheme, an IPv6 address in brackets, for example logstash.example.com:5044',
    },
    {
      name: 'Kafka without a port',
      deployment: one({ ...OUTPUTS.kafka, hosts: ['kafka'] }),
      words:
        '/outputs/0/hosts/0: the host "kafka" must be host:port without a scheme, for example kafka.example.com:9093',
    },
    {
      name: 'Kafka by IPv6, which Fleet refuses',
      deployment: one({ ...OUTPUTS.kafka, hosts: ['[2001:db8::1]:9093'] }),
      words:
        '/outputs/0/hosts/0: the host "[2001:db8::1]:9093" must not be an IPv6 address, which Fleet refuses for Kafka: use a host name',
    },
    {
      name: 'Kafka without a topic',
      deployment: one({ ...OUTPUTS.kafka, kafka: {} }),
      words: '/outputs/0/kafka/topic: kafka.topic is required: the topic that receives the events',
    },
    {
      name: 'a bad topic',
      deployment: one({ ...OUTPUTS.kafka, kafka: { topic: 'a b' } }),
      words:
        '/outputs/0/kafka/topic: kafka.topic must be letters, digits, ".", "_" and "-", or fields of the event such as %{[data_stream.type]}',
    },
    // What agents and Fleet do not know, also where it is the version of a broker, stops the output.
    ...['latest', '2.6', '2.6.0.0', '2.6.1', '2.7.0', '3.9.0', '4.1.0', '0.8.2', '10.0.0', ' 2.6.0'].map(
      (version) => ({
        name: `the version ${version} of Kafka`,
        deployment: one({ ...OUTPUTS.kafka, kafka: { topic: 'a', version } }),
        words: `/outputs/0/kafka/version: kafka.version "${version}" is not one that Fleet has, which end at 2.6.0: it is the version of the protocol, not of the broker. Use "2.6.0" for brokers from 2.6 on, also 3 and 4, or the broker's own before`,
      }),
    ),
    {
      name: 'kafka elsewhere',
      deployment: one({ ...es, kafka: { topic: 'a' } }),
      words: '/outputs/0/kafka: kafka is only for type kafka: leave it out, or change type',
    },
    {
      name: 'remote elsewhere',
      deployment: one({ ...es, remote: {} }),
      words: '/outputs/0/remote: remote is only for type remote_elasticsearch: leave it out, or change type',
    },
    {
      name: 'a bad Kibana',
      deployment: one({ ...OUTPUTS.remote, remote: { kibanaUrl: 'kibana' } }),
      words: '/outputs/0/remote/kibanaUrl: remote.kibanaUrl must start with https:// or http://',
    },
    {
      name: 'a remote Kibana before 9.1',
      deployment: {
        stackVersion: '9.0.0',
        ...one({ ...OUTPUTS.remote, remote: { kibanaUrl: 'https://k' } }),
      },
      words:
        '/outputs/0/remote/kibanaUrl: Fleet 9.0.0 does not support kibana_url: upgrade to 9.1.0 or later, or leave remote out',
    },
    {
      name: 'an unknown form',
      deployment: one({ ...es, form: 'pem' }),
      words: '/outputs/0/form: form "pem" is not supported: use one of path, inline. Did you mean "inline"?',
    },
    {
      name: 'one agent for all',
      deployment: one({ ...es, form: 'inline' }),
      words:
        '/outputs/0/form: form "inline" would give this certificate of profile agent and its key to every agent of the policy: use "path", or a certificate of profile output-client',
    },
    {
      name: 'inline from Windows',
      deployment: { os: 'windows', ...one(es) },
      subject: CLIENT,
      words:
        '/outputs/0/form: form "inline" needs a POSIX shell to put the key into the output: create this key on Linux or macOS (the agents may run on any system), or use "path"',
    },
    {
      name: 'inline from an odd path',
      deployment: { directory: '/etc/a"b', ...one(es) },
      subject: CLIENT,
      words:
        '/outputs/0/form: form "inline" needs plain paths: use only letters, digits, "/", ".", "_" and "-" in directory and keyPassphraseFile',
    },
    {
      name: 'no outputs for output-client',
      deployment: {},
      subject: CLIENT,
      words:
        '/outputs: outputs is required: name at least one output that the certificate is for, with type, name and hosts',
    },
    {
      name: 'two of a name',
      deployment: { outputs: [es, { ...es, id: 'b' }] },
      words: '/outputs/1/name: name is that of another output: give each output a different name',
    },
    {
      name: 'two of an id',
      deployment: { outputs: [es, { ...es, name: 'main!' }] },
      words: '/outputs/1/id: id is that of another output: give each output a different id',
    },
    {
      name: 'two defaults',
      deployment: {
        outputs: [
          { ...es, isDefault: true },
          { ...OUTPUTS.logstash, isDefault: true },
        ],
      },
      words: '/outputs/1/isDefault: isDefault is true for another output: only one can be the default',
    },
    {
      name: 'two defaults for monitoring',
      deployment: {
        outputs: [
          { ...es, isDefaultMonitoring: true },
          { ...OUTPUTS.logstash, isDefaultMonitoring: true },
        ],
      },
      words:
        '/outputs/1/isDefaultMonitoring: isDefaultMonitoring is true for another output: only one can be the default',
    },
    {
      name: 'a CA of nobody',
      deployment: { trust: { kafka: 'system' }, ...one(es) },
      words:
        '/trust/kafka: trust.kafka is for outputs of type kafka, but outputs has none: add one, or leave trust.kafka out',
    },
    {
      name: 'a CA of Fleet Server, to which a client of outputs does not connect',
      deployment: { outputs: [OUTPUTS.logstash], trust: { fleetServer: 'system' } },
      subject: { profile: 'output-client' },
      words:
        '/trust/fleetServer: trust.fleetServer does not apply to a certificate of profile output-client, which is only for outputs: leave it out',
    },
    {
      name: 'a CA of Elasticsearch, where a client of outputs has none to it',
      deployment: { outputs: [OUTPUTS.logstash], trust: { elasticsearch: 'system' } },
      subject: { profile: 'output-client' },
      words:
        '/trust/elasticsearch: trust.elasticsearch is for outputs of type elasticsearch, but outputs has none: add one, or leave trust.elasticsearch out',
    },
    {
      name: 'a CA that is none',
      deployment: { trust: { logstash: { pem: 'x' } }, ...one(OUTPUTS.logstash) },
      words:
        '/trust/logstash/pem: trust.logstash.pem must contain only PEM certificates: one or more BEGIN CERTIFICATE blocks',
    },
    {
      name: 'a relative CA',
      deployment: { trust: { logstash: { path: 'ca.crt' } }, ...one(OUTPUTS.logstash) },
      words:
        '/trust/logstash/path: trust.logstash.path must be an absolute path, for example /etc/fleetseal/own-ca.crt',
    },
  ];

  test.each([
    {
      name: 'whose service token would not be found in its text',
      deployment: { ...one({ ...es, type: 'remote_elasticsearch' }), directory: '/srv/a"b' },
      subject: undefined,
      words:
        '/directory: directory must be a plain path if an output has type remote_elasticsearch, because a command reads its service token from there: use only letters, digits, "/", ".", "_" and "-"',
    },
    {
      name: 'whose passphrase could be any file of who runs its command',
      deployment: { ...one(es), keyPassphraseFile: '/root/.aws/credentials' },
      subject: { profile: 'output-client' } as const,
      words:
        '/keyPassphraseFile: keyPassphraseFile must end in ".pass" with form "inline", which puts its contents into the policy: name the file output-client.pass, or use form "path"',
    },
  ])('an output $name', ({ deployment, subject, words }) => {
    expect(refused(deployment, subject)).toEqual([words]);
  });

  test.each(cases)('$name', ({ deployment, subject, words }) => {
    expect(refused(deployment, subject)).toEqual([words]);
  });

  test('every output that the tests use is taken', () => {
    expect(refused({ outputs: Object.values(OUTPUTS) })).toEqual([]);
    expect(
      refused({ outputs: [{ ...OUTPUTS.logstash, hosts: ['[2001:db8::1]:5044', '192.0.2.1:5044'] }] }),
    ).toEqual([]);
    for (const version of [undefined, '0.8.2.0', '0.11.0.3', '1.0.0', '2.1.1', '2.6.0'])
      expect(
        refused({ outputs: [{ ...OUTPUTS.kafka, kafka: { topic: '%{[data_stream.type]}-x', version } }] }),
      ).toEqual([]);
  });
});

test('no version of Kafka after 2.6.0 is taken, where the list of Fleet ends', () => {
  const later = [2, 3, 4].flatMap((major) =>
    Array.from({ length: 39 }, (_, n) => `${major}.${Math.floor(n / 3)}.${n % 3}`),
  );
  expect(later.filter(isKafkaVersion).at(-1)).toBe('2.6.0');
});
