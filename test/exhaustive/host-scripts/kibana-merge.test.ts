import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { KibanaApi } from '../../../shared/elastic/kit/kibana-api.ts';
import { run } from '../../support/command.ts';
import { type Fields, StandInFleetSettings } from '../../support/fleet-settings.ts';
import { lastingDirectory } from '../../support/lasting-directory.ts';
import { kitFor, OUTPUTS, outputOf, type Subject } from '../../unit/elastic/outputs/kits.ts';

const CLIENT = { profile: 'output-client' } as const;
const HOST = 'fleetseal-fleet-example-com-8220';
const PROXY = 'fleetseal-proxy-example-com-3128';

let kibana: StandInFleetSettings;
let directory: string;
beforeAll(() => {
  directory = lastingDirectory('merge');
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(async () => {
  kibana = await StandInFleetSettings.start();
});
afterEach(() => kibana.stop());

const paste = (api: KibanaApi | undefined, env: Readonly<Record<string, string>> = {}, shell = '/bin/sh') =>
  run(shell, ['-c', api?.command ?? ''], { env: { ...kibana.environment, ...env } });

/** Runs the command, which has to succeed. Returns what it says. */
async function said(api: KibanaApi | undefined, env?: Readonly<Record<string, string>>): Promise<string> {
  const { code, stdout, stderr } = await paste(api, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd();
}

const hostOf = (deployment: Deployment = {}, subject?: Subject) =>
  kitFor(deployment, subject).fleetSettings?.fleetServerHost;

const serverHost = () =>
  hostOf(
    {
      fleetUrl: 'https://fleet.example.com:8220',
      fleetServer: {
        policyId: 'fleet-server-policy',
        serviceTokenPath: '/etc/fleetseal/service-token',
        elasticsearchUrl: 'https://es.example.com:9200',
      },
    },
    { profile: 'fleet-server' },
  );

const AGENT_SSL = {
  agent_certificate_authorities: ['/etc/fleetseal/ca.crt'],
  agent_certificate: '/etc/fleetseal/agent.crt',
  agent_key: '/etc/fleetseal/agent.key',
};
const SERVER_SSL = {
  es_certificate_authorities: ['/etc/fleetseal/ca.crt'],
  es_certificate: '/etc/fleetseal/fleet-server.crt',
  es_key: '/etc/fleetseal/fleet-server.key',
};

describe('two kits of one deployment', () => {
  test.each([
    { name: 'agents first', kits: [hostOf, serverHost], added: Object.keys(SERVER_SSL) },
    { name: 'Fleet Server first', kits: [serverHost, hostOf], added: Object.keys(AGENT_SSL) },
  ])('keep what the other set: $name', async ({ kits: [first = hostOf, second = hostOf], added }) => {
    expect(await said(first())).toBe(`${HOST}: created`);
    expect(await said(second())).toBe(`${HOST}: changed ${added.map((name) => `ssl.${name}`).join(', ')}`);
    expect(kibana.read('fleet_server_hosts', HOST)?.['ssl']).toEqual({ ...AGENT_SSL, ...SERVER_SSL });
  });

  test('change nothing the second time', async () => {
    for (const host of [hostOf, serverHost]) await said(host());
    kibana.takeWrites();
    for (const host of [hostOf, serverHost]) expect(await said(host())).toBe(`${HOST}: unchanged`);
    expect(kibana.takeWrites()).toEqual([]);
  });
});

describe('what an administrator set in Kibana stays', () => {
  test('at a Fleet Server host: its name, other addresses, its proxy, the key of the listener', async () => {
    await said(serverHost());
    kibana.secrets.set('s-1', 'key of the listener');
    const own = {
      name: 'Düsseldorf',
      host_urls: ['https://other.example.com:8220'],
      proxy_id: 'dmz',
      is_default: true,
      secrets: { ssl: { key: { id: 's-1' } } },
    };
    kibana.edit('fleet_server_hosts', HOST, own);
    expect(await said(hostOf())).toMatch(`${HOST}: changed host_urls, ssl.agent_certificate_authorities, `);
    expect(kibana.read('fleet_server_hosts', HOST)).toEqual({
      id: HOST,
      is_preconfigured: false,
      ...own,
      host_urls: ['https://other.example.com:8220', 'https://fleet.example.com:8220'],
      ssl: { ...SERVER_SSL, ...AGENT_SSL },
    });
    expect(kibana.secrets.get('s-1')).toBe('key of the listener');
  });

  test('at a proxy: its headers and certificates', async () => {
    const proxyOf = (url: string) =>
      kitFor({ agent: { proxy: { url, headers: { 'X-Site': 'a' } } } }).fleetSettings?.proxy;
    expect(await said(proxyOf('http://proxy.example.com:3128'))).toBe(`${PROXY}: created`);
    const own = {
      proxy_headers: { 'X-Site': 'a', 'X-Own': 'b' },
      certificate_authorities: '/etc/proxy-ca.pem',
    };
    kibana.edit('proxies', PROXY, own);
    expect(await said(proxyOf('https://proxy.example.com:3128'))).toBe(`${PROXY}: changed url`);
    expect(kibana.read('proxies', PROXY)).toMatchObject({ url: 'https://proxy.example.com:3128', ...own });
  });

  test('at an output: that it is the default, its mode of verification, its proxy', async () => {
    await said(outputOf(OUTPUTS.kafka).kibanaApi);
    const ssl = kibana.read('outputs', 'fleetseal-kafka')?.['ssl'] as Fields;
    kibana.edit('outputs', 'fleetseal-kafka', {
      is_default: true,
      ssl: { ...ssl, verification_mode: 'full' },
    });
    const moved = { ...OUTPUTS.kafka, hosts: ['kafka-3.example.com:9093'] };
    expect(await said(outputOf(moved).kibanaApi)).toBe('fleetseal-kafka: changed hosts');
    expect(kibana.read('outputs', 'fleetseal-kafka')).toMatchObject({
      is_default: true,
      hosts: moved.hosts,
      ssl: { ...ssl, verification_mode: 'full' },
    });
  });

  test('in Advanced YAML: everything but ssl', async () => {
    const api = () => outputOf(OUTPUTS.elasticsearch, { stackVersion: '9.0.0' }).kibanaApi;
    await said(api());
    const block = String(kibana.read('outputs', 'fleetseal-main')?.['config_yaml']);
    const yaml = `# own: \\d "x"\nbulk_max_size: 50\n${block}\n# end\nqueue:\n  mem: {}\n`;
    kibana.edit('outputs', 'fleetseal-main', { config_yaml: yaml });
    expect(await said(api())).toBe('fleetseal-main: changed config_yaml');
    const merged = `# own: \\d "x"\nbulk_max_size: 50\n# end\nqueue:\n  mem: {}\n${block}`;
    expect(kibana.read('outputs', 'fleetseal-main')).toMatchObject({ config_yaml: merged });
    expect(await said(api())).toBe('fleetseal-main: unchanged');
  });

  test('an agent policy: all other overrides', async () => {
    const policy = { name: 'Web', namespace: 'default', inactivity_timeout: 3600 };
    const ssl = { verification_mode: 'full', key: '/old.key', key_passphrase: 'a' };
    kibana.edit('agent_policies', 'web', {
      ...policy,
      overrides: { agent: { a: [1, { b: 2 }] }, fleet: { ssl } },
    });
    const migration = kitFor({ agent: { alreadyEnrolled: true } }).migration?.agentPolicy;
    const change = () =>
      run('/bin/sh', ['-c', migration?.command ?? ''], {
        env: { ...kibana.environment, AGENT_POLICY_ID: 'web' },
      });
    expect((await change()).stdout).toBe(
      'agent policy web: changed overrides.fleet.ssl.key_passphrase, overrides.fleet.ssl.certificate_authorities, overrides.fleet.ssl.certificate, overrides.fleet.ssl.key\n',
    );
    expect(kibana.read('agent_policies', 'web')).toEqual({
      id: 'web',
      ...policy,
      overrides: {
        agent: { a: [1, { b: 2 }] },
        fleet: {
          ssl: {
            verification_mode: 'full',
            certificate_authorities: ['/etc/fleetseal/ca.crt'],
            certificate: '/etc/fleetseal/agent.crt',
            key: '/etc/fleetseal/agent.key',
          },
        },
      },
    });
    kibana.takeWrites();
    expect((await change()).stdout).toBe('agent policy web: unchanged\n');
    expect(kibana.takeWrites()).toEqual([]);
  });
});

describe('paths of other hosts', () => {
  const api = (os: string, version = '9.5.2') =>
    outputOf(OUTPUTS.logstash, { os, stackVersion: version }).kibanaApi;

  test('are replaced only if the operator says so', async () => {
    await said(api('linux'));
    const before = kibana.read('outputs', 'fleetseal-logstash');
    const { code, stdout, stderr } = await paste(api('macos'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'fleetseal: other hosts may use what Fleet has: ssl.certificate is "/etc/fleetseal/agent.crt", ssl.key is "/etc/fleetseal/agent.key". Use another id for these hosts, or set FLEETSEAL_REPLACE=1 once every host has the files of this kit.\n',
    );
    expect(kibana.read('outputs', 'fleetseal-logstash')).toEqual(before);
    expect(await said(api('macos'), { FLEETSEAL_REPLACE: '1' })).toBe(
      'fleetseal-logstash: changed ssl.certificate_authorities, ssl.certificate, ssl.key',
    );
  });

  test('in Advanced YAML too', async () => {
    const main = (os: string) => outputOf(OUTPUTS.elasticsearch, { os, stackVersion: '9.0.0' }).kibanaApi;
    await said(main('linux'));
    const { code, stderr } = await paste(main('macos'));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('config_yaml is "ssl:\\n') });
  });

  test('of Windows, whose hosts need no shell for the command', async () => {
    const ssl = {
      certificate_authorities: ['C:\\ProgramData\\fleetseal\\ca.crt'],
      certificate: 'C:\\ProgramData\\fleetseal\\agent.crt',
      key: 'C:\\ProgramData\\fleetseal\\agent.key',
    };
    expect(await said(api('windows'))).toBe('fleetseal-logstash: created');
    expect(kibana.read('outputs', 'fleetseal-logstash')).toMatchObject({ ssl });
    expect(await said(api('windows'))).toBe('fleetseal-logstash: unchanged');
    expect((await paste(api('linux'))).stderr).toContain(
      'ssl.certificate is "C:\\\\ProgramData\\\\fleetseal\\\\agent.crt"',
    );
    const main = (os: string) => outputOf(OUTPUTS.elasticsearch, { os, stackVersion: '9.0.0' }).kibanaApi;
    expect(await said(main('windows'))).toBe('fleetseal-main: created');
    const yaml = String(kibana.read('outputs', 'fleetseal-main')?.['config_yaml']);
    expect(parse(yaml)).toEqual({ ssl });
    kibana.edit('outputs', 'fleetseal-main', { config_yaml: `bulk_max_size: 50\n${yaml}` });
    expect(await said(main('windows'))).toBe('fleetseal-main: unchanged');
    expect((await paste(main('linux'))).stderr).toContain(
      'other hosts may use what Fleet has: config_yaml is ',
    );
    expect(await said(main('linux'), { FLEETSEAL_REPLACE: '1' })).toBe('fleetseal-main: changed config_yaml');
    expect(await said(hostOf({ os: 'windows' }))).toBe(`${HOST}-windows: created`);
    expect(await said(hostOf({ os: 'windows' }))).toBe(`${HOST}-windows: unchanged`);
  });

  test('are the same with a variable, so that the kits of two systems agree', async () => {
    const directoryVariable = 'FLEETSEAL_DIR';
    for (const [output, id] of [
      [OUTPUTS.logstash, 'fleetseal-logstash'],
      [OUTPUTS.elasticsearch, 'fleetseal-main'],
    ] as const) {
      const of = (os: string, variable?: string) =>
        outputOf(output, { os, stackVersion: '9.0.0', directoryVariable: variable }).kibanaApi;
      await said(of('linux'));
      const { code, stderr } = await paste(of('linux', directoryVariable));
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('FLEETSEAL_REPLACE=1') });
      const changed = await said(of('linux', directoryVariable), { FLEETSEAL_REPLACE: '1' });
      expect(changed).toMatch(new RegExp(`^${id}: changed `));
      expect(JSON.stringify(kibana.read('outputs', id))).toContain(`\${env.FLEETSEAL_DIR}/agent.key`);
      for (const os of ['windows', 'macos', 'linux'])
        expect(await said(of(os, directoryVariable))).toBe(`${id}: unchanged`);
    }
    for (const os of ['windows', 'macos', 'linux'])
      expect(await said(hostOf({ os, directoryVariable }))).toBe(
        `${HOST}: ${os === 'windows' ? 'created' : 'unchanged'}`,
      );
  });

  test('agents of each system have a Fleet Server host of their own, with one address', async () => {
    for (const os of ['linux', 'macos', 'windows']) {
      const { id, host_urls: urls } = hostOf({ os })?.create.body ?? {};
      expect({ id, urls }).toEqual({
        id: os === 'linux' ? HOST : `${HOST}-${os}`,
        urls: ['https://fleet.example.com:8220'],
      });
    }
    expect(hostOf({ os: 'windows', stackVersion: '9.2.0' })?.create.body).toMatchObject({ id: HOST });
  });
});

describe('secrets, which Kibana does not show', () => {
  const api = () => outputOf(OUTPUTS.logstash, { directory }, CLIENT).kibanaApi;
  const writeKey = (text: string) => writeFileSync(join(directory, 'output-client.key'), text);
  const keys = () => [...kibana.secrets.values()];
  const AGAIN = 'fleetseal-logstash: unchanged; FLEETSEAL_REPLACE=1 sends secrets.ssl.key again';

  test('are sent with a new certificate, and again where the operator says so', async () => {
    writeKey('key 1');
    await said(api());
    expect(keys()).toEqual(['key 1']);
    writeKey('key 2');
    kibana.takeWrites();
    expect(await said(api())).toBe(AGAIN);
    expect(kibana.takeWrites()).toEqual([]);
    const ssl = kibana.read('outputs', 'fleetseal-logstash')?.['ssl'] as Fields;
    kibana.edit('outputs', 'fleetseal-logstash', {
      ssl: { ...ssl, certificate: '-----BEGIN CERTIFICATE-----\nold' },
    });
    expect(await said(api())).toBe('fleetseal-logstash: changed ssl.certificate, secrets.ssl.key');
    expect(keys()).toEqual(['key 2']);
    writeKey('key 3');
    expect(await said(api(), { FLEETSEAL_REPLACE: '1' })).toBe('fleetseal-logstash: changed secrets.ssl.key');
    expect(keys()).toEqual(['key 3']);
  });

  test('of which the kit says nothing stay', async () => {
    await said(outputOf(OUTPUTS.kafka).kibanaApi);
    kibana.secrets.set('s-1', 'password of an administrator');
    kibana.edit('outputs', 'fleetseal-kafka', { secrets: { password: { id: 's-1' } } });
    const moved = { ...OUTPUTS.kafka, hosts: ['kafka-3.example.com:9093'] };
    expect(await said(outputOf(moved).kibanaApi)).toBe('fleetseal-kafka: changed hosts');
    expect(kibana.secrets.get('s-1')).toBe('password of an administrator');
  });

  test('a key that Kibana keeps in clear text is compared, and never sent in both forms', async () => {
    writeKey('key 1');
    await said(api());
    const { secrets: _, ...item } = kibana.read('outputs', 'fleetseal-logstash') ?? {};
    const ssl = item['ssl'] as Fields;
    kibana.edit('outputs', 'fleetseal-logstash', { secrets: undefined, ssl: { ...ssl, key: 'key 1' } });
    expect(await said(api())).toBe('fleetseal-logstash: unchanged');
    writeKey('key 2');
    expect(await said(api())).toBe('fleetseal-logstash: changed secrets.ssl.key');
    expect(kibana.read('outputs', 'fleetseal-logstash')?.['ssl']).toEqual(ssl);
  });

  test('make way for a path', async () => {
    writeKey('key 1');
    await said(api());
    const path = outputOf({ ...OUTPUTS.logstash, form: 'path' }, { directory }, CLIENT).kibanaApi;
    expect(await said(path)).toBe(
      'fleetseal-logstash: changed ssl.certificate_authorities, ssl.certificate, ssl.key',
    );
    expect(kibana.read('outputs', 'fleetseal-logstash')).not.toHaveProperty('secrets.ssl');
    expect(keys()).toEqual([]);
  });
});

test('names in any script are compared as they are', async () => {
  const api = () => outputOf({ ...OUTPUTS.kafka, id: 'kafka', name: `O'Brien's "Ωutput" 😀 \\ü` }).kibanaApi;
  await said(api());
  expect(await said(api())).toBe('kafka: unchanged');
  kibana.edit('outputs', 'kafka', { name: 'Renamed' });
  expect(await said(api())).toBe('kafka: changed name');
});

test("shows Kibana's words where it refuses a change", async () => {
  await said(hostOf());
  kibana.edit('outputs', 'fleetseal-kafka', { type: 'kafka', is_preconfigured: true });
  const { code, stdout, stderr } = await paste(outputOf(OUTPUTS.kafka).kibanaApi);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('Preconfigured fleetseal-kafka cannot be updated');
});

describe.each(['/bin/bash', '/bin/dash', '/bin/busybox'].filter((shell) => existsSync(shell)))(
  '%s',
  (shell) => {
    test('runs the commands, with its own awk where it has one', async () => {
      const bin = mkdtempSync(join(directory, 'bin-'));
      const busybox = shell.endsWith('busybox');
      if (busybox) {
        writeFileSync(join(bin, 'awk'), '#!/bin/busybox sh\nexec /bin/busybox awk "$@"\n');
        chmodSync(join(bin, 'awk'), 0o755);
      }
      const command = [...(busybox ? ['sh'] : []), '-c'];
      const env = { ...kibana.environment, PATH: `${bin}:${process.env['PATH']}` };
      const outcome = async () => (await run(shell, [...command, hostOf()?.command ?? ''], { env })).stdout;
      expect(await outcome()).toBe(`${HOST}: created\n`);
      kibana.edit('fleet_server_hosts', HOST, { ssl: SERVER_SSL });
      expect(await outcome()).toMatch(`${HOST}: changed ssl.agent_certificate_authorities`);
      expect(await outcome()).toBe(`${HOST}: unchanged\n`);
    });
  },
);
