import { describe, expect, test } from '@jest/globals';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { PEM } from '../rendering.ts';
import { fleetServerKit, fleetServerRefusals } from './kits.ts';

const fileLines = (deployment: Deployment) =>
  fleetServerKit(deployment).files.map(({ path, mode, owner, group }) => `${mode} ${owner}:${group} ${path}`);

describe('the kit of a Fleet Server host', () => {
  test('on Linux: one certificate in three roles', () => {
    const { install, enroll, environment } = fleetServerKit().fleetServer;
    const flags = [
      '--url=https://fleet.example.com:8220',
      '--certificate-authorities=/etc/fleetseal/ca.crt',
      '--elastic-agent-cert=/etc/fleetseal/fleet-server.crt',
      '--elastic-agent-cert-key=/etc/fleetseal/fleet-server.key',
      '--fleet-server-es=https://es.example.com:9200',
      '--fleet-server-es-ca=/etc/fleetseal/ca.crt',
      '--fleet-server-es-cert=/etc/fleetseal/fleet-server.crt',
      '--fleet-server-es-cert-key=/etc/fleetseal/fleet-server.key',
      '--fleet-server-service-token-path=/etc/fleetseal/service-token',
      '--fleet-server-policy=fleet-server-policy',
      '--fleet-server-cert=/etc/fleetseal/fleet-server.crt',
      '--fleet-server-cert-key=/etc/fleetseal/fleet-server.key',
      '--fleet-server-client-auth=required',
    ];
    expect(install?.arguments).toEqual(['install', '--non-interactive', ...flags]);
    expect(install?.shell).toBe(`sudo ./elastic-agent install --non-interactive ${flags.join(' ')}`);
    expect(enroll?.arguments).toEqual(['enroll', '--force', ...flags]);
    expect(environment).toBeUndefined();
    expect(fileLines({})).toEqual([
      '0644 root:root /etc/fleetseal/fleet-server.crt',
      '0600 root:root /etc/fleetseal/fleet-server.key',
      '0644 root:root /etc/fleetseal/ca.crt',
      '0600 root:root /etc/fleetseal/service-token',
    ]);
  });

  test('with all that can be said, on Windows and unprivileged', () => {
    const { install } = fleetServerKit({
      os: 'windows',
      fleetEnrollmentToken: 'dG9rZW4=',
      agent: { unprivileged: true, tags: ['fleet'], proxy: { url: 'http://proxy.example.com:3128' } },
      fleetServer: {
        serviceTokenPath: 'D:/secrets/token',
        bindHost: '192.0.2.7',
        port: 8443,
        clientAuth: 'optional',
        elasticsearchCaFingerprint: `AB:${'cd:'.repeat(30)}EF`,
      },
    }).fleetServer;
    expect(install?.arguments).toEqual([
      'install',
      '--non-interactive',
      '--unprivileged',
      '--url=https://fleet.example.com:8220',
      '--enrollment-token=dG9rZW4=',
      '--certificate-authorities=C:\\ProgramData\\fleetseal\\ca.crt',
      '--elastic-agent-cert=C:\\ProgramData\\fleetseal\\fleet-server.crt',
      '--elastic-agent-cert-key=C:\\ProgramData\\fleetseal\\fleet-server.key',
      '--fleet-server-es=https://es.example.com:9200',
      '--fleet-server-es-ca=C:\\ProgramData\\fleetseal\\ca.crt',
      `--fleet-server-es-ca-trusted-fingerprint=ab${'cd'.repeat(30)}ef`,
      '--fleet-server-es-cert=C:\\ProgramData\\fleetseal\\fleet-server.crt',
      '--fleet-server-es-cert-key=C:\\ProgramData\\fleetseal\\fleet-server.key',
      '--fleet-server-service-token-path=D:\\secrets\\token',
      '--fleet-server-policy=fleet-server-policy',
      '--fleet-server-host=192.0.2.7',
      '--fleet-server-port=8443',
      '--fleet-server-cert=C:\\ProgramData\\fleetseal\\fleet-server.crt',
      '--fleet-server-cert-key=C:\\ProgramData\\fleetseal\\fleet-server.key',
      '--fleet-server-client-auth=optional',
      '--tag=fleet',
      '--proxy-url=http://proxy.example.com:3128',
    ]);
    expect(install?.powershell).toMatch(/^\.\\elastic-agent\.exe install --non-interactive --unprivileged /);
  });

  test('in a container', () => {
    const { environment, install, enroll } = fleetServerKit({
      os: 'container',
      fleetServer: { bindHost: '::', port: 443, elasticsearchCaFingerprint: 'a'.repeat(64) },
    }).fleetServer;
    expect([install, enroll]).toEqual([undefined, undefined]);
    expect(environment).toEqual({
      FLEET_SERVER_ENABLE: '1',
      FLEET_ENROLL: '1',
      FLEET_URL: 'https://fleet.example.com:8220',
      FLEET_CA: '/etc/fleetseal/ca.crt',
      ELASTIC_AGENT_CERT: '/etc/fleetseal/fleet-server.crt',
      ELASTIC_AGENT_CERT_KEY: '/etc/fleetseal/fleet-server.key',
      FLEET_SERVER_ELASTICSEARCH_HOST: 'https://es.example.com:9200',
      FLEET_SERVER_ELASTICSEARCH_CA: '/etc/fleetseal/ca.crt',
      FLEET_SERVER_ELASTICSEARCH_CA_TRUSTED_FINGERPRINT: 'a'.repeat(64),
      FLEET_SERVER_ES_CERT: '/etc/fleetseal/fleet-server.crt',
      FLEET_SERVER_ES_CERT_KEY: '/etc/fleetseal/fleet-server.key',
      FLEET_SERVER_SERVICE_TOKEN_PATH: '/etc/fleetseal/service-token',
      FLEET_SERVER_POLICY_ID: 'fleet-server-policy',
      FLEET_SERVER_HOST: '::',
      FLEET_SERVER_PORT: '443',
      FLEET_SERVER_CERT: '/etc/fleetseal/fleet-server.crt',
      FLEET_SERVER_CERT_KEY: '/etc/fleetseal/fleet-server.key',
      FLEET_SERVER_CLIENT_AUTH: 'required',
    });
  });

  test('an encrypted key where Elasticsearch is shown no certificate', () => {
    const { fleetServer, files } = fleetServerKit({
      keyPassphraseFile: '/etc/fleetseal/key.pass',
      fleetServer: { elasticsearchClientCertificate: false },
    });
    const flags = fleetServer.install?.arguments ?? [];
    expect(flags).toContain('--fleet-server-cert-key-passphrase=/etc/fleetseal/key.pass');
    expect(flags).toContain('--elastic-agent-cert-key-passphrase=/etc/fleetseal/key.pass');
    expect(flags.filter((flag) => flag.startsWith('--fleet-server-es-cert'))).toEqual([]);
    expect(files.map(({ path }) => path)).toContain('/etc/fleetseal/key.pass');
  });

  test('holds no secret: key and service token are made or put on the host', () => {
    const { files } = fleetServerKit();
    const others = files.filter(({ source }) => source !== 'kit');
    expect(others.map(({ path, role, source }) => [path, role, source])).toEqual([
      ['/etc/fleetseal/fleet-server.key', 'private-key', 'host-key'],
      ['/etc/fleetseal/service-token', 'service-token', 'operator'],
    ]);
  });
});

describe('who verifies whom on a Fleet Server host', () => {
  const rows: readonly [string, Deployment['trust'], string, string | undefined, readonly string[]][] = [
    ['fleetseal by default', {}, '/etc/fleetseal/ca.crt', '/etc/fleetseal/ca.crt', ['ca.crt']],
    [
      'another CA for Fleet Server: two files in one list',
      { fleetServer: { pem: PEM.other } },
      '/etc/fleetseal/fleet-server-ca.crt,/etc/fleetseal/ca.crt',
      '/etc/fleetseal/ca.crt',
      ['ca.crt', 'fleet-server-ca.crt'],
    ],
    [
      'other CAs for both: agents are still verified by fleetseal’s roots',
      { fleetServer: { path: '/pki/fleet.pem' }, elasticsearch: { pem: PEM.other } },
      '/pki/fleet.pem,/etc/fleetseal/ca.crt',
      '/etc/fleetseal/elasticsearch-ca.crt',
      ['elasticsearch-ca.crt', 'ca.crt'],
    ],
    [
      'the system for Elasticsearch',
      { elasticsearch: 'system' },
      '/etc/fleetseal/ca.crt',
      undefined,
      ['ca.crt'],
    ],
    [
      'several CAs for Elasticsearch: one file',
      { elasticsearch: { pem: PEM.other + PEM.root } },
      '/etc/fleetseal/ca.crt',
      '/etc/fleetseal/elasticsearch-ca.crt',
      ['ca.crt', 'elasticsearch-ca.crt'],
    ],
    [
      'the path of fleetseal’s roots, said once',
      { fleetServer: { path: '/etc/fleetseal/ca.crt' } },
      '/etc/fleetseal/ca.crt',
      '/etc/fleetseal/ca.crt',
      ['ca.crt'],
    ],
  ];
  test.each(rows)('%s', (_, trust, authorities, elasticsearchCa, names) => {
    const { fleetServer, files } = fleetServerKit({ trust });
    const flags = fleetServer.install?.arguments ?? [];
    const value = (name: string) =>
      flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3);
    expect(value('certificate-authorities')).toBe(authorities);
    expect(value('fleet-server-es-ca')).toBe(elasticsearchCa);
    expect(
      files.map(({ path }) => path.replace('/etc/fleetseal/', '')).filter((n) => n.endsWith('ca.crt')),
    ).toEqual(names);
    const environment = fleetServerKit({ os: 'container', trust }).fleetServer.environment;
    expect(environment?.['FLEET_CA']).toBe(authorities);
    expect(environment?.['FLEET_SERVER_ELASTICSEARCH_CA']).toBe(elasticsearchCa);
  });
});

describe('with Elasticsearch on Elastic Cloud behind a proxy', () => {
  const model = 'on-premises-hosted-elasticsearch';
  const proxy = {
    elasticsearchUrl: 'https://proxy.example.com:9243',
    upstream: { elasticsearchUrl: 'https://abc.es.example.com:443' },
  };

  test('Fleet Server shows its certificate to the proxy', () => {
    const { fleetServer } = fleetServerKit({
      model,
      proxy,
      fleetServer: { elasticsearchUrl: undefined },
      trust: { proxy: { path: '/pki/proxy.pem' } },
    });
    expect(fleetServer.install?.arguments).toEqual(
      expect.arrayContaining([
        '--fleet-server-es=https://proxy.example.com:9243',
        '--fleet-server-es-ca=/pki/proxy.pem',
        '--fleet-server-es-cert=/etc/fleetseal/fleet-server.crt',
        '--certificate-authorities=/etc/fleetseal/ca.crt',
      ]),
    );
  });

  test('another address is refused', () => {
    expect(fleetServerRefusals({ model, proxy })).toEqual([
      {
        pointer: '#/deployment/fleetServer/elasticsearchUrl',
        detail:
          'fleetServer.elasticsearchUrl differs from proxy.elasticsearchUrl, through which Fleet Server reaches Elasticsearch in this model: leave it out',
      },
    ]);
  });
});
