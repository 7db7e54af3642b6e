import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { OutputSettings } from '../../../../shared/elastic/deployment/fields/outputs.ts';
import { PEM } from '../rendering.ts';
import { kitFor, OUTPUTS, outputOf, type Subject } from './kits.ts';

const CLIENT: Subject = { profile: 'output-client' };
const PATHS = {
  certificate_authorities: ['/etc/fleetseal/ca.crt'],
  certificate: '/etc/fleetseal/agent.crt',
  key: '/etc/fleetseal/agent.key',
};
const INLINE = { certificate_authorities: [PEM.root], certificate: PEM.leaf + PEM.issuer };
const KEY = '{{file:/etc/fleetseal/output-client.key}}';

const dotted = (ssl: object) =>
  Object.fromEntries(Object.entries(ssl).map(([name, value]) => [`ssl.${name}`, value]));

describe('an output with files', () => {
  const common = (output: OutputSettings, id: string) => ({
    id,
    name: output.name,
    type: output.type,
    hosts: output.hosts,
  });
  const TOKEN = '{{file:/etc/fleetseal/fleetseal-remote.service-token}}';

  test.each([
    {
      name: 'Elasticsearch from 9.1.5: fields in the API, YAML in kibana.yml',
      output: OUTPUTS.elasticsearch,
      standalone: { type: 'elasticsearch', hosts: OUTPUTS.elasticsearch.hosts },
      api: { ...common(OUTPUTS.elasticsearch, 'fleetseal-main'), ssl: PATHS },
      kibanaYml: { ...common(OUTPUTS.elasticsearch, 'fleetseal-main'), config: { ssl: PATHS } },
    },
    {
      name: 'remote Elasticsearch: a service token, and an agent that calls it elasticsearch',
      output: { ...OUTPUTS.remote, remote: { kibanaUrl: 'https://kibana.example.com' } },
      standalone: { type: 'elasticsearch', hosts: OUTPUTS.remote.hosts },
      api: {
        ...common(OUTPUTS.remote, 'fleetseal-remote'),
        kibana_url: 'https://kibana.example.com',
        ssl: PATHS,
        secrets: { service_token: TOKEN },
      },
      kibanaYml: {
        ...common(OUTPUTS.remote, 'fleetseal-remote'),
        kibana_url: 'https://kibana.example.com',
        secrets: { service_token: TOKEN },
        config: { ssl: PATHS },
      },
    },
    {
      name: 'Logstash: fields in both',
      output: OUTPUTS.logstash,
      standalone: { type: 'logstash', hosts: OUTPUTS.logstash.hosts },
      api: { ...common(OUTPUTS.logstash, 'fleetseal-logstash'), ssl: PATHS },
      kibanaYml: { ...common(OUTPUTS.logstash, 'fleetseal-logstash'), ssl: PATHS },
    },
    {
      name: 'Kafka: it logs in with the certificate',
      output: OUTPUTS.kafka,
      standalone: { type: 'kafka', hosts: OUTPUTS.kafka.hosts, topic: 'events', version: '2.6.0' },
      api: {
        ...common(OUTPUTS.kafka, 'fleetseal-kafka'),
        auth_type: 'ssl',
        topic: 'events',
        version: '2.6.0',
        ssl: PATHS,
      },
      kibanaYml: {
        ...common(OUTPUTS.kafka, 'fleetseal-kafka'),
        auth_type: 'ssl',
        topic: 'events',
        version: '2.6.0',
        ssl: PATHS,
      },
    },
  ])('$name', ({ output, standalone, api, kibanaYml }) => {
    const { id, ...withoutId } = api;
    const rendered = outputOf(output);
    expect(rendered).toMatchObject({ name: output.name, type: output.type });
    expect(parse(rendered.yaml)).toEqual(dotted(PATHS));
    expect(parse(rendered.standalone)).toEqual({ outputs: { [id]: { ...standalone, ssl: PATHS } } });
    expect(parse(rendered.kibanaYml)).toEqual({ 'xpack.fleet.outputs': [kibanaYml] });
    const headers = { 'kbn-xsrf': 'true' };
    expect(rendered.kibanaApi).toMatchObject({
      create: { method: 'POST', path: '/api/fleet/outputs', headers, body: api },
      update: { method: 'PUT', path: `/api/fleet/outputs/${id}`, headers },
    });
    expect(rendered.kibanaApi.update.body).toEqual(withoutId);
    expect(rendered).not.toHaveProperty('fill');
  });

  test.each<{ name: string; stackVersion: string | undefined }>([
    { name: 'before 9.1', stackVersion: '9.0.8' },
    { name: 'a version that copies the fields to Fleet Server’s connection', stackVersion: '9.1.4' },
    { name: '8.19, which is as old as 9.1', stackVersion: '8.19.4' },
    { name: 'an unknown version', stackVersion: undefined },
  ])('Elasticsearch, $name: the API takes the settings as YAML', ({ stackVersion }) => {
    const { body } = outputOf(OUTPUTS.elasticsearch, { stackVersion }).kibanaApi.create;
    const { notes } = kitFor({ stackVersion, outputs: [OUTPUTS.elasticsearch] });
    expect(notes.find(({ code }) => code === 'elasticsearch_ssl_in_yaml')?.message).toBe(
      `Outputs to Elasticsearch have fields for certificates from 9.1.0, but before 9.1.5 Kibana also copies them to the agents' connection to Fleet Server. For ${stackVersion === undefined ? 'an unknown version' : 'this version'} the API body has them in config_yaml, which every version accepts.`,
    );
    expect(body).not.toHaveProperty('ssl');
    expect(parse(String(body['config_yaml']))).toEqual({ ssl: PATHS });
    expect(outputOf(OUTPUTS.logstash, { stackVersion }).kibanaApi.create.body).toMatchObject({ ssl: PATHS });
  });

  test('a passphrase has no field, so it is YAML that Fleet merges with the fields', () => {
    const { yaml, kibanaApi, kibanaYml } = outputOf(OUTPUTS.logstash, { keyPassphraseFile: '/etc/pass' });
    const passphrase = { key_passphrase_path: '/etc/pass' };
    expect(parse(yaml)).toEqual(dotted({ ...PATHS, ...passphrase }));
    expect(kibanaApi.create.body['ssl']).toEqual(PATHS);
    expect(parse(String(kibanaApi.create.body['config_yaml']))).toEqual({ ssl: passphrase });
    expect(parse(kibanaYml)).toMatchObject({ 'xpack.fleet.outputs': [{ config: { ssl: passphrase } }] });
  });

  test('on Windows, whose backslashes YAML keeps; no command needs one of its files', () => {
    const { yaml, kibanaApi } = outputOf(OUTPUTS.logstash, { os: 'windows' });
    expect(parse(yaml)['ssl.key']).toBe('C:\\ProgramData\\fleetseal\\agent.key');
    expect(kibanaApi.command).toContain('"id": "fleetseal-logstash"');
    const kit = kitFor({ os: 'windows', outputs: [OUTPUTS.remote] });
    expect(kit.outputs?.[0]?.kibanaApi).not.toHaveProperty('command');
    expect(kit.notes.find(({ code }) => code === 'remote_needs_service_token')?.message).toBe(
      'A remote Elasticsearch needs a service token that was created there: put it in place of the placeholder when you send the API call, which has no command, since a POSIX shell cannot read files of Windows. To synchronize integrations, switch that on in Fleet, with an API key of the remote Kibana.',
    );
  });

  test('the default output is called so in a standalone agent, and is what the kit shows as its output', () => {
    const kit = kitFor({
      trust: { kafka: 'system' },
      outputs: [OUTPUTS.elasticsearch, { ...OUTPUTS.kafka, isDefault: true, isDefaultMonitoring: true }],
    });
    const [first, second] = kit.outputs ?? [];
    expect(kit.output?.yaml).toBe(second?.yaml);
    expect(kit.output?.yaml).not.toBe(first?.yaml);
    expect(Object.keys(parse(second?.standalone ?? '').outputs)).toEqual(['default']);
    expect(second?.kibanaApi.create.body).toMatchObject({ is_default: true, is_default_monitoring: true });
  });

  test('that was made the default in Kibana is not taken back by an update, which would fail', () => {
    const { create, update, command } = outputOf(OUTPUTS.elasticsearch).kibanaApi;
    for (const text of [JSON.stringify(create.body), JSON.stringify(update.body), command])
      expect(text).not.toContain('"is_default');
  });

  const noteOf = (outputs: readonly OutputSettings[], code: string, subject?: Subject) =>
    kitFor({ outputs }, subject).notes.find((note) => note.code === code)?.message;

  test('is an item of one list, where there are several', () => {
    expect(noteOf([OUTPUTS.logstash], 'outputs_in_one_list')).toBeUndefined();
    expect(noteOf([OUTPUTS.logstash, OUTPUTS.kafka], 'outputs_in_one_list')).toBe(
      'Put all outputs under one xpack.fleet.outputs in kibana.yml, and under one outputs in elastic-agent.yml: Kibana does not start if a key appears twice.',
    );
  });

  test('to Kafka is copied by OpenTelemetry; what is inline comes with the policy anyhow', () => {
    expect(noteOf([OUTPUTS.kafka], 'kafka_opentelemetry')).toBe(
      'If the agent runs its inputs with OpenTelemetry, it copies the certificate and key into the Kafka settings that it generates: restart it after each renewal.',
    );
    expect(noteOf([OUTPUTS.kafka], 'kafka_opentelemetry', CLIENT)).toBeUndefined();
  });

  test.each([
    { version: undefined, refused: true },
    { version: '2.0.1', refused: true },
    { version: '2.1.0', refused: false },
    { version: '2.6.0', refused: false },
  ])('to Kafka with version $version: Kafka 4 refuses it: $refused', ({ version, refused }) => {
    const note = noteOf(
      [{ ...OUTPUTS.kafka, kafka: { topic: 'events', version } }],
      'kafka_four_refuses_version',
    );
    expect(note).toBe(
      refused
        ? 'Brokers of Kafka 4 refuse versions of the protocol below 2.1.0, and without kafka.version Fleet sets 1.0.0: set it to 2.1.0 or later, but not above the version of the oldest broker.'
        : undefined,
    );
  });

  test('of profile output-client needs its files on every host', () => {
    expect(noteOf([{ ...OUTPUTS.logstash, form: 'path' }], 'output_client_on_every_host', CLIENT)).toBe(
      "An output's settings go to every agent of its policies: every host needs a certificate and a key at these paths, whatever its operating system, and preferably its own certificate. Hosts with other paths need a separate output and policy, or directoryVariable.",
    );
  });

  test.each([
    [
      'linux',
      'The commands need curl (7.55.0 or later) and awk. They read KIBANA_URL (with /s/<space> if you use a space) and KIBANA_API_KEY, a key with the Kibana privilege All for Fleet. Set CURL_CA_BUNDLE if Kibana has a private CA. They create objects that are missing; of those that exist they change only what the kit says, and print what that was. If you send update yourself, first add what the object has besides: Kibana resets its proxy_id, headers, secrets and the rest of ssl if they are left out.',
    ],
    [
      'windows',
      'The commands need a POSIX shell (any host with Linux or macOS, or WSL), curl (7.55.0 or later) and awk. They read KIBANA_URL (with /s/<space> if you use a space) and KIBANA_API_KEY, a key with the Kibana privilege All for Fleet. Set CURL_CA_BUNDLE if Kibana has a private CA. They create objects that are missing; of those that exist they change only what the kit says, and print what that was. If you send update yourself, first add what the object has besides: Kibana resets its proxy_id, headers, secrets and the rest of ssl if they are left out.',
    ],
  ])('on %s says once how its command is run', (os, message) => {
    const { notes } = kitFor({ os, outputs: [OUTPUTS.logstash] });
    expect(
      notes.filter(({ code }) => code === 'kibana_command_environment').map((note) => note.message),
    ).toEqual([message]);
  });

  test('of a Fleet Server host names its own files', () => {
    const kit = kitFor({ outputs: [OUTPUTS.elasticsearch] });
    expect(kit.outputs).toHaveLength(1);
    expect(
      kitFor({ os: 'linux', outputs: [{ ...OUTPUTS.logstash, form: 'path' }] }, CLIENT).output?.yaml,
    ).toContain('/etc/fleetseal/output-client.key');
  });
});

describe('an output with everything inline', () => {
  test.each([
    { name: 'Logstash', output: OUTPUTS.logstash, stackVersion: '8.13.0' },
    { name: 'Elasticsearch from 9.1.5', output: OUTPUTS.elasticsearch, stackVersion: '9.1.5' },
  ])('$name: the key is a secret', ({ output, stackVersion }) => {
    const { yaml, kibanaApi } = outputOf(output, { stackVersion }, CLIENT);
    expect(parse(yaml)).toEqual(dotted({ ...INLINE, key: KEY }));
    expect(kibanaApi.create.body).toMatchObject({ ssl: INLINE, secrets: { ssl: { key: KEY } } });
    expect(kibanaApi.create.body['ssl']).not.toHaveProperty('key');
    expect(kibanaApi.create.body).not.toHaveProperty('config_yaml');
  });

  test('Elasticsearch before 9.1.5: the key is in the YAML, and a note says so', () => {
    const kit = kitFor({ stackVersion: '9.1.4', outputs: [OUTPUTS.elasticsearch] }, CLIENT);
    const body = kit.outputs?.[0]?.kibanaApi.create.body;
    expect(parse(String(body?.['config_yaml']))).toEqual({ ssl: { ...INLINE, key: KEY } });
    expect(body).not.toHaveProperty('secrets');
    expect(kit.notes.find(({ code }) => code === 'inline_key_in_clear')?.message).toBe(
      'Before 9.1.5 (and if stackVersion is left out) the key of an output to Elasticsearch is part of its YAML: everyone who may read outputs and policies can read the key.',
    );
  });

  test('with a passphrase, which is a placeholder too', () => {
    const { yaml, kibanaApi } = outputOf(OUTPUTS.kafka, { keyPassphraseFile: '/etc/key.pass' }, CLIENT);
    expect(parse(yaml)).toEqual(dotted({ ...INLINE, key: KEY, key_passphrase: '{{file:/etc/key.pass}}' }));
    expect(parse(String(kibanaApi.create.body['config_yaml']))).toEqual({
      ssl: { key_passphrase: '{{file:/etc/key.pass}}' },
    });
  });

  test.each<{ name: string; trust: Deployment['trust']; expected: readonly string[] | undefined }>([
    { name: 'fleetseal', trust: {}, expected: [PEM.root] },
    { name: 'a PEM', trust: { logstash: { pem: PEM.other } }, expected: [PEM.other] },
    { name: 'a file on every host', trust: { logstash: { path: '/etc/ca.crt' } }, expected: ['/etc/ca.crt'] },
    { name: "the system's", trust: { logstash: 'system' }, expected: undefined },
  ])('the CA is $name', ({ trust, expected }) => {
    const { yaml } = outputOf(OUTPUTS.logstash, { trust }, CLIENT);
    expect(parse(yaml)['ssl.certificate_authorities']).toEqual(expected);
  });

  test('no key is anywhere in the kit, and nobody is told to write a CA file', () => {
    const kit = kitFor({ outputs: Object.values(OUTPUTS) }, CLIENT);
    expect(JSON.stringify(kit)).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
    expect(kit.files.map(({ path, source }) => [path, source])).toEqual([
      ['/etc/fleetseal/output-client.crt', 'kit'],
      ['/etc/fleetseal/output-client.key', 'host-key'],
      ['/etc/fleetseal/fleetseal-remote.service-token', 'operator'],
    ]);
    expect(kit.notes.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['inline_is_shared', 'guide_output_ca', 'remote_needs_service_token']),
    );
  });
});

describe('the files of outputs', () => {
  const system = 'system' as const;
  test.each<{ name: string; trust: Deployment['trust']; expected: readonly string[] }>([
    { name: "fleetseal's roots once", trust: {}, expected: ['ca.crt'] },
    {
      name: 'each PEM under the name of its peer',
      trust: {
        fleetServer: system,
        elasticsearch: system,
        logstash: { pem: PEM.other },
        kafka: { pem: PEM.other },
      },
      expected: ['logstash-ca.crt', 'kafka-ca.crt'],
    },
    {
      name: "fleetseal's roots for an output alone",
      trust: { fleetServer: system, elasticsearch: system, logstash: system },
      expected: ['ca.crt'],
    },
    {
      name: 'none where all are elsewhere',
      trust: { fleetServer: system, elasticsearch: system, logstash: { path: '/etc/l.crt' }, kafka: system },
      expected: [],
    },
  ])('$name', ({ trust, expected }) => {
    const { files } = kitFor({ trust, outputs: [OUTPUTS.logstash, OUTPUTS.kafka] });
    const cas = files
      .map(({ path }) => path.replace('/etc/fleetseal/', ''))
      .filter((path) => /ca\.crt$/.test(path));
    expect(cas).toEqual(expected);
  });
});
