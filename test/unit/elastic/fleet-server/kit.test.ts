import { describe, expect, test } from '@jest/globals';
import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import { activation } from '../../../../shared/elastic/activation.ts';
import type { Deployment } from '../../../../shared/elastic/deployment.ts';
import { fleetServerNotes } from '../../../../shared/elastic/fleet-server/notes.ts';
import { fleetServerOf } from '../../../../shared/elastic/fleet-server/settings.ts';
import { PEM } from '../rendering.ts';
import { fleetServerKit, fleetServerRefusals, resolvedFleetServer } from './kits.ts';

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
    expect(files.filter(({ contents }) => contents === null).map(({ path }) => path)).toEqual([
      '/etc/fleetseal/fleet-server.key',
      '/etc/fleetseal/service-token',
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

describe('a listener that keeps the certificate of another CA', () => {
  const deployment: Deployment = {
    keyPassphraseFile: '/etc/fleetseal/key.pass',
    fleetServer: {
      elasticsearchClientCertificate: false,
      listenerCertificatePath: '/pki/fleet.crt',
      listenerKeyPath: '/pki//fleet.key',
      listenerKeyPassphrasePath: '/pki/fleet.pass',
    },
    trust: { fleetServer: { pem: PEM.other } },
  };
  const CONTAINED: Deployment = {
    os: 'container',
    fleetServer: { listenerCertificatePath: '/pki/fleet.crt', listenerKeyPath: '/pki/fleet.key' },
    trust: { fleetServer: { pem: PEM.other } },
  };

  test('shows it, while the host’s own agent shows that of fleetseal', () => {
    const { fleetServer, files } = fleetServerKit(deployment);
    expect(fleetServer.install?.arguments).toEqual(
      expect.arrayContaining([
        '--certificate-authorities=/etc/fleetseal/fleet-server-ca.crt,/etc/fleetseal/ca.crt',
        '--elastic-agent-cert=/etc/fleetseal/fleet-server.crt',
        '--elastic-agent-cert-key=/etc/fleetseal/fleet-server.key',
        '--elastic-agent-cert-key-passphrase=/etc/fleetseal/key.pass',
        '--fleet-server-cert=/pki/fleet.crt',
        '--fleet-server-cert-key=/pki/fleet.key',
        '--fleet-server-cert-key-passphrase=/pki/fleet.pass',
      ]),
    );
    expect(
      files
        .filter(({ path }) => /^.pki|fleet-server-ca/.test(path))
        .map(({ path, mode, purpose }) => [path, mode, purpose]),
    ).toEqual([
      ['/etc/fleetseal/fleet-server-ca.crt', '0644', 'the CA that verifies Fleet Server'],
      ['/pki/fleet.key', '0600', "the key of the listener's own certificate, which the host has"],
      ['/pki/fleet.pass', '0600', 'the passphrase of that key: no newline at the end'],
    ]);
  });

  test('has its files in the container too', () => {
    const { environment, docker } = fleetServerKit(CONTAINED).fleetServer;
    expect(environment).toMatchObject({
      FLEET_CA: '/etc/fleetseal/fleet-server-ca.crt,/etc/fleetseal/ca.crt',
      FLEET_SERVER_CERT: '/pki/fleet.crt',
      FLEET_SERVER_CERT_KEY: '/pki/fleet.key',
      FLEET_SERVER_ES_CERT: '/etc/fleetseal/fleet-server.crt',
    });
    expect(environment).not.toHaveProperty('FLEET_SERVER_CERT_KEY_PASSPHRASE');
    expect(docker?.arguments).toEqual(
      expect.arrayContaining([
        '--mount=type=bind,source=/pki/fleet.crt,target=/pki/fleet.crt,readonly',
        '--mount=type=bind,source=/pki/fleet.key,target=/pki/fleet.key,readonly',
      ]),
    );
  });

  const note = (of: Deployment, code: string) =>
    fleetServerKit(of).notes.find((candidate) => candidate.code === code)?.message;

  test('is what agents verify, by the same CA', () => {
    expect(note(deployment, 'listener_keeps_certificate')).toBe(
      "The listener shows /pki/fleet.crt, which fleetseal does not renew: agents verify it by the same CA, so their kits need this trust.fleetServer too. The certificate of fleetseal is that of the host's own agent.",
    );
    expect(note(CONTAINED, 'elasticsearch_client_certificate')).toBe(
      'Fleet Server shows the certificate of fleetseal to Elasticsearch, or to a proxy in front of it. Elasticsearch asks for it where xpack.security.http.ssl.client_authentication is optional or required; the key cannot be encrypted, since there is no flag for its passphrase.',
    );
    expect(note(CONTAINED, 'listener_keeps_certificate')).toMatch(
      /own agent and of the client to Elasticsearch\.$/,
    );
    expect(note(deployment, 'fleet_url_in_certificate')).toContain(
      'fleet.example.com, with the DNS names and IP addresses of /pki/fleet.crt: it must be among them',
    );
    expect(note(deployment, 'second_ca_not_of_listener')).toBeUndefined();
  });

  test('without one, a second CA lets agents in and verifies no listener', () => {
    const trust = { fleetServer: { pem: PEM.other } };
    expect(note({ trust }, 'second_ca_not_of_listener')).toBe(
      "The listener shows fleetseal's certificate: every agent must trust fleetseal's roots (ca.crt), /etc/fleetseal/fleet-server-ca.crt alone does not verify it and only lets in agents with certificates of that CA. Where the listener has a certificate of that CA, name its files in fleetServer.listenerCertificatePath and listenerKeyPath.",
    );
    expect(fleetServerKit({ trust }).files.find(({ path }) => path.endsWith('server-ca.crt'))?.purpose).toBe(
      'a CA whose agents are let in too',
    );
  });

  test.each<[string, Deployment, readonly [string, string][]]>([
    [
      'no key',
      {
        ...deployment,
        fleetServer: { listenerCertificatePath: '/pki/fleet.crt' },
        keyPassphraseFile: undefined,
      },
      [
        [
          '/fleetServer/listenerKeyPath',
          'fleetServer.listenerKeyPath is required beside listenerCertificatePath: Fleet Server takes certificate and key together',
        ],
      ],
    ],
    [
      'no CA',
      { ...CONTAINED, trust: {} },
      [
        [
          '/trust/fleetServer',
          "trust.fleetServer is required with fleetServer.listenerCertificatePath: give the CA of the listener's certificate as pem or path, so that agents and this host's own verify it",
        ],
      ],
    ],
    [
      'the kit’s own files, and a relative path',
      {
        ...CONTAINED,
        fleetServer: {
          listenerCertificatePath: '/etc/fleetseal/fleet-server.crt',
          listenerKeyPath: 'fleet.key',
        },
      },
      [
        [
          '/fleetServer/listenerCertificatePath',
          "fleetServer.listenerCertificatePath is one of the kit's own files, with which the certificate of fleetseal would replace the listener's: give it another place, or leave it out to let the listener show that of fleetseal",
        ],
        [
          '/fleetServer/listenerKeyPath',
          'fleetServer.listenerKeyPath must be an absolute path, for example /etc/fleetseal',
        ],
      ],
    ],
  ])('is refused with %s', (_, refused, expected) => {
    expect(fleetServerRefusals(refused)).toEqual(
      expected.map(([field, detail]) => ({ pointer: `#/deployment${field}`, detail })),
    );
  });

  test('is not what a renewed certificate of fleetseal is for', () => {
    const of = (asked: Deployment) =>
      activation({ profile: 'fleet-server', deployment: resolvedFleetServer(asked) });
    expect(of(deployment)).not.toHaveProperty('fleetServer');
    const moving = { ...deployment, agent: { alreadyEnrolled: true } };
    expect(of(moving)).not.toHaveProperty('fleetServer');
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
          'fleetServer.elasticsearchUrl is not proxy.elasticsearchUrl, through which Fleet Server reaches Elasticsearch in this model: leave it out',
      },
    ]);
  });
});

describe('what a Fleet Server host refuses', () => {
  const rows: readonly [string, Deployment, KeyKind, readonly [string, string][]][] = [
    [
      'no Elasticsearch',
      { fleetServer: { elasticsearchUrl: undefined } },
      'rsa',
      [
        [
          '/fleetServer/elasticsearchUrl',
          'fleetServer.elasticsearchUrl is required: the address of Elasticsearch',
        ],
      ],
    ],
    [
      'Elasticsearch without TLS',
      { fleetServer: { elasticsearchUrl: 'http://es:9200' } },
      'rsa',
      [['/fleetServer/elasticsearchUrl', 'must be an https:// address without user, query or fragment']],
    ],
    [
      'a password in the address',
      { fleetServer: { elasticsearchUrl: 'https://elastic:changeme@es:9200' } },
      'rsa',
      [['/fleetServer/elasticsearchUrl', 'without user']],
    ],
    [
      'a token for a path',
      { fleetServer: { serviceTokenPath: 'AAEAAWVsYXN0aWMvZmxlZXQtc2VydmVyL3Rva2VuLTE6eHg' } },
      'rsa',
      [
        [
          '/fleetServer/serviceTokenPath',
          'is the service token itself: revoke it, write a new one to a file',
        ],
      ],
    ],
    [
      'a relative path',
      { fleetServer: { serviceTokenPath: 'token' } },
      'rsa',
      [['/fleetServer/serviceTokenPath', 'fleetServer.serviceTokenPath must be an absolute path']],
    ],
    [
      'the token in the file of the key',
      { fleetServer: { serviceTokenPath: '/etc/fleetseal//fleet-server.key' } },
      'rsa',
      [['/fleetServer/serviceTokenPath', "is one of the kit's own files"]],
    ],
    [
      'a fingerprint of another hash',
      { fleetServer: { elasticsearchCaFingerprint: 'ab:cd' } },
      'rsa',
      [['/fleetServer/elasticsearchCaFingerprint', 'must be 64 hex digits']],
    ],
    [
      'client authentication that enroll.go does not know',
      { fleetServer: { clientAuth: 'require' } },
      'rsa',
      [
        [
          '/fleetServer/clientAuth',
          '"require" is unknown to Elastic Agent: use one of none, optional, required',
        ],
      ],
    ],
    [
      'port 0',
      { fleetServer: { port: 0 } },
      'rsa',
      [['/fleetServer/port', 'must be a whole number from 1 to 65535']],
    ],
    [
      'the internal port',
      { fleetServer: { port: 8221 } },
      'rsa',
      [['/fleetServer/port', "8221 is where the host's own agent reaches Fleet Server"]],
    ],
    [
      'a host with a port',
      { fleetServer: { bindHost: 'fleet:8220/' } },
      'rsa',
      [['/fleetServer/bindHost', 'must be an IP address or a host name of this host, without port']],
    ],
    [
      'a policy that reads as a flag',
      { fleetServer: { policyId: '-x y' } },
      'rsa',
      [['/fleetServer/policyId', 'must be the id of an agent policy']],
    ],
    [
      'the system’s CAs for Fleet Server',
      { trust: { fleetServer: 'system' } },
      'rsa',
      [['/trust/fleetServer', "takes the place of the system's CAs"]],
    ],
    [
      'an encrypted key that Elasticsearch is shown',
      { keyPassphraseFile: '/p' },
      'rsa',
      [['/keyPassphraseFile', 'no flag for the passphrase of --fleet-server-es-cert-key']],
    ],
    [
      'an encrypted Ed25519 key, wherever it is used',
      { keyPassphraseFile: '/p', fleetServer: { elasticsearchClientCertificate: false } },
      'ed25519',
      [['/keyPassphraseFile', 'an encrypted Ed25519 key cannot be read by Elastic Agent']],
    ],
    [
      'an encrypted key in a container',
      { os: 'container', keyPassphraseFile: '/p', fleetServer: { elasticsearchClientCertificate: false } },
      'rsa',
      [['/keyPassphraseFile', 'cannot be given to a container']],
    ],
    [
      'an encrypted key before 8.16',
      {
        stackVersion: '8.15.5',
        keyPassphraseFile: '/p',
        fleetServer: { elasticsearchClientCertificate: false },
      },
      'rsa',
      [['/keyPassphraseFile', 'has no --elastic-agent-cert-key-passphrase: upgrade it to 8.16.0 or later']],
    ],
    [
      'Ed25519 in the FIPS build',
      { agent: { fips: true } },
      'ed25519',
      [['/agent/fips', 'only the newest FIPS builds of Elastic Agent take an Ed25519 key']],
    ],
    [
      'versions without the flags',
      { stackVersion: '8.12.2' },
      'rsa',
      [['/stackVersion', 'upgrade it to 8.13.0 or later']],
    ],
    ['no address', { fleetUrl: undefined }, 'rsa', [['/fleetUrl', 'fleetUrl is required']]],
  ];
  test.each(rows)('%s', (_, deployment, keyKind, expected) => {
    const errors = fleetServerRefusals(deployment, keyKind);
    expect(errors.map(({ pointer }) => pointer)).toEqual(expected.map(([field]) => `#/deployment${field}`));
    errors.forEach(({ detail }, index) => {
      expect(detail).toContain(expected[index]?.[1]);
    });
  });

  test('an agent’s deployment does not take fleetServer in silence', async () => {
    const { refusals } = await import('../agent/kits.ts');
    expect(refusals({ fleetServer: { elasticsearchUrl: 'https://es:9200' } })).toEqual([
      {
        pointer: '#/deployment/fleetServer',
        detail: 'fleetServer does not apply to a certificate of profile agent: leave it out',
      },
    ]);
  });
});

describe('notes on a Fleet Server host', () => {
  const ALWAYS = [
    'certificate_authorities_has_two_roles',
    'elasticsearch_ca_is_one_path',
    'elasticsearch_client_certificate',
    'enrollment_token_of_policy',
    'fleet_server_needs_own_output',
    'fleet_url_in_certificate',
    'guide_lacks_client_auth',
    'guide_lacks_own_client_certificate',
    'service_token_without_newline',
  ];
  const HOST = ['enroll_makes_new_agent'];
  const CONTAINER = ['container_environment_stays', 'container_mount', 'docker_state', 'docker_image'];
  const rows: readonly [string, Deployment, readonly string[], readonly string[]][] = [
    ['nothing special', {}, HOST, []],
    ['a token', { fleetEnrollmentToken: 'dA==' }, HOST, ['enrollment_token_of_policy']],
    ['no policy', { fleetServer: { policyId: undefined } }, [...HOST, 'policy_id_missing'], []],
    ['optional', { fleetServer: { clientAuth: 'optional' } }, [...HOST, 'client_auth_not_required'], []],
    ['none', { fleetServer: { clientAuth: 'none' } }, [...HOST, 'client_auth_not_required'], []],
    [
      'no port',
      { fleetServer: { elasticsearchUrl: 'https://es.example.com/base' } },
      [...HOST, 'elasticsearch_port_9200'],
      [],
    ],
    ['port 443', { fleetServer: { elasticsearchUrl: 'https://es.example.com:443' } }, HOST, []],
    ['IPv6', { fleetServer: { elasticsearchUrl: 'https://[2001:db8::1]:9200' } }, HOST, []],
    [
      'IPv6 without port',
      { fleetServer: { elasticsearchUrl: 'https://[2001:db8::1]' } },
      [...HOST, 'elasticsearch_port_9200'],
      [],
    ],
    [
      'a fingerprint and the system',
      { trust: { elasticsearch: 'system' }, fleetServer: { elasticsearchCaFingerprint: 'a'.repeat(64) } },
      [...HOST, 'ca_fingerprint_needs_chain'],
      ['elasticsearch_ca_is_one_path'],
    ],
    ['a proxy', { agent: { proxy: { url: 'http://p:3128' } } }, [...HOST, 'proxy_is_for_elasticsearch'], []],
    [
      'no client certificate for Elasticsearch',
      { fleetServer: { elasticsearchClientCertificate: false } },
      [...HOST, 'elasticsearch_client_certificate_left_out'],
      ['elasticsearch_client_certificate'],
    ],
    ['8.16.1', { stackVersion: '8.16.1' }, [...HOST, 'fleet_server_checks_client_name'], []],
    [
      'unprivileged, port 443',
      { agent: { unprivileged: true }, fleetServer: { port: 443 } },
      [...HOST, 'unprivileged_needs_group_first', 'privileged_port'],
      [],
    ],
    ['a container', { os: 'container' }, CONTAINER, []],
    [
      'a container with two CAs',
      { os: 'container', trust: { fleetServer: { pem: PEM.other } } },
      [...CONTAINER, 'container_two_ca_files', 'second_ca_not_of_listener'],
      [],
    ],
  ];
  test('the output of agents is not for this host', () => {
    const { notes } = fleetServerKit();
    expect(notes.find(({ code }) => code === 'fleet_server_needs_own_output')?.message).toBe(
      'The output of agents names agent.crt and agent.key, which this host does not have: give the policy of Fleet Server an output of its own with /etc/fleetseal/fleet-server.crt and its key, or also write a certificate of profile agent here.',
    );
  });

  test.each(rows)('%s', (_, deployment, more, less) => {
    // Of this section alone: others add notes of their own.
    const resolved = resolvedFleetServer(deployment);
    const notes = fleetServerNotes(resolved, fleetServerOf(resolved));
    const expected = [...ALWAYS.filter((code) => !less.includes(code)), ...more];
    expect(notes.map(({ code }) => code).sort()).toEqual(expected.sort());
    for (const { message, source } of notes) {
      expect(message).toMatch(/\.$/);
      expect(source).toMatch(/elastic|fleet-server/i);
    }
  });
});
