import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment.ts';
import { PEM } from '../rendering.ts';
import { kit, type Subject } from './kits.ts';

describe('the kit of an agent', () => {
  test('on Linux', () => {
    const { files, elasticAgent, output } = kit();
    const flags =
      '--url=https://fleet.example.com:8220 --enrollment-token=dG9rZW4= --certificate-authorities=/etc/fleetseal/ca.crt --elastic-agent-cert=/etc/fleetseal/agent.crt --elastic-agent-cert-key=/etc/fleetseal/agent.key';
    expect(elasticAgent).toEqual({
      install: {
        arguments: ['install', '--non-interactive', ...flags.split(' ')],
        shell: `sudo ./elastic-agent install --non-interactive ${flags}`,
      },
      enroll: {
        arguments: ['enroll', '--force', ...flags.split(' ')],
        shell: `sudo elastic-agent enroll --force ${flags}`,
      },
    });
    expect(files).toEqual([
      {
        path: '/etc/fleetseal/agent.crt',
        mode: '0644',
        owner: 'root',
        group: 'root',
        acl: null,
        contents: PEM.leaf + PEM.issuer,
        purpose: 'the certificate, followed by its issuers',
      },
      {
        path: '/etc/fleetseal/agent.key',
        mode: '0600',
        owner: 'root',
        group: 'root',
        acl: null,
        contents: null,
        purpose: 'the private key, made on this host',
      },
      {
        path: '/etc/fleetseal/ca.crt',
        mode: '0644',
        owner: 'root',
        group: 'root',
        acl: null,
        contents: PEM.root,
        purpose: "fleetseal's roots",
      },
    ]);
    expect(output.yaml).toBe(`ssl.certificate_authorities:
  - /etc/fleetseal/ca.crt
ssl.certificate: /etc/fleetseal/agent.crt
ssl.key: /etc/fleetseal/agent.key
`);
  });

  test('on macOS, unprivileged and with a passphrase', () => {
    const keyPassphraseFile = '/usr/local/etc/fleetseal/agent.pass';
    const { files, elasticAgent, output } = kit({
      os: 'macos',
      keyPassphraseFile,
      agent: { unprivileged: true },
    });
    const flags =
      '--url=https://fleet.example.com:8220 --enrollment-token=dG9rZW4= --certificate-authorities=/usr/local/etc/fleetseal/ca.crt --elastic-agent-cert=/usr/local/etc/fleetseal/agent.crt --elastic-agent-cert-key=/usr/local/etc/fleetseal/agent.key --elastic-agent-cert-key-passphrase=/usr/local/etc/fleetseal/agent.pass';
    expect(elasticAgent.install?.shell).toBe(
      `sudo ./elastic-agent install --non-interactive --unprivileged ${flags}`,
    );
    expect(elasticAgent.enroll?.shell).toBe(
      `sudo -u elastic-agent-user elastic-agent enroll --force ${flags}`,
    );
    expect(files.map(({ path, mode, owner, group }) => `${mode} ${owner}:${group} ${path}`)).toEqual([
      '0644 root:wheel /usr/local/etc/fleetseal/agent.crt',
      '0640 root:elastic-agent /usr/local/etc/fleetseal/agent.key',
      '0640 root:elastic-agent /usr/local/etc/fleetseal/agent.pass',
      '0644 root:wheel /usr/local/etc/fleetseal/ca.crt',
    ]);
    expect(output.yaml).toContain('ssl.key_passphrase_path: /usr/local/etc/fleetseal/agent.pass\n');
  });

  test('on Windows, unprivileged', () => {
    const { files, elasticAgent, output } = kit({
      os: 'windows',
      agent: { unprivileged: true, tags: ["web's"] },
    });
    const flags =
      "'--url=https://fleet.example.com:8220' '--enrollment-token=dG9rZW4=' '--certificate-authorities=C:\\ProgramData\\fleetseal\\ca.crt' '--elastic-agent-cert=C:\\ProgramData\\fleetseal\\agent.crt' '--elastic-agent-cert-key=C:\\ProgramData\\fleetseal\\agent.key' '--tag=web''s'";
    expect(elasticAgent.install?.powershell).toBe(
      `.\\elastic-agent.exe install --non-interactive --unprivileged ${flags}`,
    );
    expect(elasticAgent.enroll?.powershell).toBe(
      `& 'C:\\Program Files\\Elastic\\Agent\\elastic-agent.exe' enroll --force ${flags}`,
    );
    expect(elasticAgent.install).not.toHaveProperty('shell');
    expect(files.map(({ path, mode, owner, group, acl }) => ({ path, mode, owner, group, acl }))).toEqual([
      { path: 'C:\\ProgramData\\fleetseal\\agent.crt', mode: null, owner: null, group: null, acl: null },
      {
        path: 'C:\\ProgramData\\fleetseal\\agent.key',
        mode: null,
        owner: null,
        group: null,
        acl: [
          "icacls 'C:\\ProgramData\\fleetseal\\agent.key' /inheritance:r /grant:r '*S-1-5-18:(F)' '*S-1-5-32-544:(F)' 'elastic-agent:(R)'",
        ],
      },
      { path: 'C:\\ProgramData\\fleetseal\\ca.crt', mode: null, owner: null, group: null, acl: null },
    ]);
    expect(output.yaml).toBe(`ssl.certificate_authorities:
  - C:\\ProgramData\\fleetseal\\ca.crt
ssl.certificate: C:\\ProgramData\\fleetseal\\agent.crt
ssl.key: C:\\ProgramData\\fleetseal\\agent.key
`);
  });

  test('in a container', () => {
    const { files, elasticAgent } = kit({ os: 'container', agent: { tags: ['web', 'rack 4'] } });
    expect(elasticAgent.environment).toEqual({
      FLEET_ENROLL: '1',
      FLEET_URL: 'https://fleet.example.com:8220',
      FLEET_ENROLLMENT_TOKEN: 'dG9rZW4=',
      FLEET_CA: '/etc/fleetseal/ca.crt',
      ELASTIC_AGENT_CERT: '/etc/fleetseal/agent.crt',
      ELASTIC_AGENT_CERT_KEY: '/etc/fleetseal/agent.key',
      ELASTIC_AGENT_TAGS: 'web,rack 4',
    });
    expect(files.map(({ path, mode, owner }) => `${mode} ${owner} ${path}`)).toEqual([
      '0644 root /etc/fleetseal/agent.crt',
      '0600 1000 /etc/fleetseal/agent.key',
      '0644 root /etc/fleetseal/ca.crt',
      '0600 root /etc/fleetseal/fleet-enrollment-token.env',
    ]);
  });

  test('joins PEM of any line ends into files with \\n, leaf first', () => {
    const { files } = kit({ trust: { fleetServer: { pem: `\r\n${PEM.other.replaceAll('\n', '\r\n')}` } } });
    expect(files.find(({ path }) => path.endsWith('fleet-server-ca.crt'))?.contents).toBe(PEM.other);
    expect(files[0]?.contents).toBe(PEM.leaf + PEM.issuer);
  });

  test('is the same for the same request', () => {
    expect(kit({ agent: { tags: ['a'] } })).toEqual(kit({ agent: { tags: ['a'] } }));
  });
});

describe('who may read the key', () => {
  test.each<[string, Deployment['agent'], string]>([
    ['root, by default', {}, '0600 root:root'],
    [
      "the installer's group, which can exist before its user",
      { unprivileged: true },
      '0640 root:elastic-agent',
    ],
    ['a group of one’s own', { unprivileged: true, group: 'tls' }, '0640 root:tls'],
    ['an account of one’s own', { unprivileged: true, user: 'svc' }, '0600 svc:root'],
    ['an account and its group', { unprivileged: true, user: 'svc', group: 'tls' }, '0600 svc:tls'],
  ])('%s', (_, agent, expected) => {
    const key = kit({ agent }).files.find(({ path }) => path.endsWith('.key'));
    expect(`${key?.mode} ${key?.owner}:${key?.group}`).toBe(expected);
  });

  test('on Windows, SYSTEM and administrators alone unless it runs unprivileged', () => {
    const acl = kit({ os: 'windows' }).files.find(({ path }) => path.endsWith('.key'))?.acl;
    expect(acl).toEqual([
      "icacls 'C:\\ProgramData\\fleetseal\\agent.key' /inheritance:r /grant:r '*S-1-5-18:(F)' '*S-1-5-32-544:(F)'",
    ]);
  });

  test('the user of the container', () => {
    const key = kit({ os: 'container', container: { uid: 0 } }).files.find(({ path }) =>
      path.endsWith('.key'),
    );
    expect(key?.owner).toBe('0');
  });
});

describe('who verifies whom', () => {
  const rows: readonly [string, Deployment['trust'], string | undefined, unknown, readonly string[]][] = [
    [
      'fleetseal by default',
      {},
      '--certificate-authorities=/etc/fleetseal/ca.crt',
      ['/etc/fleetseal/ca.crt'],
      ['agent.crt', 'agent.key', 'ca.crt'],
    ],
    [
      'the system for both',
      { fleetServer: 'system', elasticsearch: 'system' },
      undefined,
      undefined,
      ['agent.crt', 'agent.key'],
    ],
    [
      'a PEM for Fleet Server',
      { fleetServer: { pem: PEM.other } },
      '--certificate-authorities=/etc/fleetseal/fleet-server-ca.crt',
      ['/etc/fleetseal/ca.crt'],
      ['agent.crt', 'agent.key', 'ca.crt', 'fleet-server-ca.crt'],
    ],
    [
      'a PEM for Elasticsearch and the system for Fleet Server',
      { fleetServer: 'system', elasticsearch: { pem: PEM.other } },
      undefined,
      ['/etc/fleetseal/elasticsearch-ca.crt'],
      ['agent.crt', 'agent.key', 'elasticsearch-ca.crt'],
    ],
    [
      'files of one’s own',
      { fleetServer: { path: '/pki/fleet.pem' }, elasticsearch: { path: '/pki/es.pem' } },
      '--certificate-authorities=/pki/fleet.pem',
      ['/pki/es.pem'],
      ['agent.crt', 'agent.key'],
    ],
  ];
  test.each(rows)('%s', (_, trust, flag, authorities, names) => {
    const { files, elasticAgent, output } = kit({ trust });
    const flags = elasticAgent.install?.arguments.filter((argument) => argument.startsWith('--certificate-'));
    expect(flags).toEqual(flag === undefined ? [] : [flag]);
    expect(parse(output.yaml)['ssl.certificate_authorities']).toEqual(authorities);
    expect(files.map(({ path }) => path.slice('/etc/fleetseal/'.length))).toEqual(names);
  });

  test('in a container too', () => {
    expect(
      kit({ os: 'container', trust: { fleetServer: 'system' } }).elasticAgent.environment,
    ).not.toHaveProperty('FLEET_CA');
  });
});

describe('output settings', () => {
  test.each(['/a: b', '/a #b', "/it's", '/&a', '/*', '/{x}', '/ä', '/%', `/${'x'.repeat(300)}`])(
    'the directory %s reads back from YAML',
    (odd) => {
      const directory = odd.replaceAll(' ', '');
      const { yaml } = kit({ directory, keyPassphraseFile: `${directory}/pass` }).output;
      expect(parse(yaml)).toEqual({
        'ssl.certificate_authorities': [`${directory}/ca.crt`],
        'ssl.certificate': `${directory}/agent.crt`,
        'ssl.key': `${directory}/agent.key`,
        'ssl.key_passphrase_path': `${directory}/pass`,
      });
      expect(yaml.split('\n')).toHaveLength(6);
    },
  );
});

describe('notes', () => {
  const ALWAYS = ['fleet_server_client_auth', 'guide_agent_flags', 'output_paths_are_shared'];
  /** These have a test of their own: outputs-fleet-settings.test.ts. */
  const OF_SETTINGS = /^(fleet_settings|fleet_server_host|kibana_command)_/;
  const HOST = ['enroll_makes_new_agent'];
  const CONTAINER = ['container_environment_stays', 'container_mount', 'docker_state', 'docker_image'];
  const rows: readonly [string, Deployment, Subject, readonly string[]][] = [
    ['nothing special', {}, {}, HOST],
    [
      'no version',
      { stackVersion: undefined },
      {},
      [...HOST, 'stack_version_missing', 'fleet_server_checks_client_name'],
    ],
    ['a version of the future', { stackVersion: '11.0.0' }, {}, [...HOST, 'stack_version_newer']],
    ['no enrollment token', { fleetEnrollmentToken: undefined }, {}, [...HOST, 'enrollment_token_missing']],
    ['8.16.1', { stackVersion: '8.16.1' }, {}, [...HOST, 'fleet_server_checks_client_name']],
    ['8.16.2', { stackVersion: '8.16.2' }, {}, HOST],
    [
      'a passphrase',
      { keyPassphraseFile: '/p' },
      {},
      [...HOST, 'passphrase_without_newline', 'key_encryption', 'guide_key_passwords'],
    ],
    ['Defend 9.0, RSA', { stackVersion: '9.0.0', agent: { elasticDefend: true } }, {}, HOST],
    [
      'Defend 9.0, P-256',
      { stackVersion: '9.0.0', agent: { elasticDefend: true } },
      { keyKind: 'p256' },
      [...HOST, 'defend_needs_rsa'],
    ],
    [
      'Defend of unknown version, P-256',
      { stackVersion: undefined, agent: { elasticDefend: true } },
      { keyKind: 'p256' },
      [...HOST, 'defend_needs_rsa', 'stack_version_missing', 'fleet_server_checks_client_name'],
    ],
    [
      'Defend 9.1, P-256',
      { stackVersion: '9.1.0', agent: { elasticDefend: true } },
      { keyKind: 'p256' },
      [...HOST, 'guide_defend_rsa'],
    ],
    [
      'Defend 9.1, Ed25519',
      { stackVersion: '9.1.0', agent: { elasticDefend: true } },
      { keyKind: 'ed25519' },
      [...HOST, 'defend_ed25519_unconfirmed'],
    ],
    [
      'Defend with an encrypted key',
      { keyPassphraseFile: '/p', agent: { elasticDefend: true } },
      {},
      [
        ...HOST,
        'passphrase_without_newline',
        'key_encryption',
        'guide_key_passwords',
        'defend_output_key_encrypted',
      ],
    ],
    [
      'headers before 9.1',
      { stackVersion: '9.0.8', agent: { headers: { A: 'b' } } },
      {},
      [...HOST, 'headers_reach_elasticsearch_only'],
    ],
    ['headers from 9.1', { stackVersion: '9.1.0', agent: { headers: { A: 'b' } } }, {}, HOST],
    ['unprivileged', { agent: { unprivileged: true } }, {}, [...HOST, 'unprivileged_needs_group_first']],
    ['an account', { agent: { unprivileged: true, user: 'a' } }, {}, [...HOST, 'custom_account_preview']],
    [
      'unprivileged on Windows',
      { os: 'windows', agent: { unprivileged: true } },
      {},
      [...HOST, 'unprivileged_needs_group_first', 'windows_unprivileged_reenroll'],
    ],
    ['Windows 8.17', { os: 'windows', stackVersion: '8.17.7' }, {}, [...HOST, 'windows_reenroll_refused']],
    ['Windows 8.17.8', { os: 'windows', stackVersion: '8.17.8' }, {}, HOST],
    ['Windows 8.18', { os: 'windows', stackVersion: '8.18.2' }, {}, [...HOST, 'windows_reenroll_refused']],
    ['Windows 8.18.3', { os: 'windows', stackVersion: '8.18.3' }, {}, HOST],
    ['Windows 8.19', { os: 'windows', stackVersion: '8.19.0' }, {}, HOST],
    ['Windows 9.0.2', { os: 'windows', stackVersion: '9.0.2' }, {}, [...HOST, 'windows_reenroll_refused']],
    ['Windows 8.16', { os: 'windows', stackVersion: '8.16.4' }, {}, HOST],
    ['Windows 9.0.3', { os: 'windows', stackVersion: '9.0.3' }, {}, HOST],
    ['a container', { os: 'container' }, {}, CONTAINER],
    [
      'a container with the system’s CAs, unprivileged',
      { os: 'container', trust: { fleetServer: 'system' }, agent: { unprivileged: true } },
      {},
      [...CONTAINER, 'container_ca_fallback', 'container_unprivileged'],
    ],
  ];
  test.each(rows)('%s', (_, deployment, subject, codes) => {
    const { notes } = kit(deployment, subject);
    const found = notes.map(({ code }) => code).filter((code) => !OF_SETTINGS.test(code));
    expect(found.sort()).toEqual([...ALWAYS, ...codes].sort());
    for (const { message, source } of notes) {
      expect(message).toMatch(/\.$/);
      expect(source).toMatch(/elastic/i);
    }
  });

  const message = (deployment: Deployment, code: string) =>
    kit(deployment).notes.find((note) => note.code === code)?.message;

  test('the placeholder is the one in the arguments', () => {
    const deployment = { fleetEnrollmentToken: undefined };
    expect(kit(deployment).elasticAgent.install?.arguments).toContain(
      '--enrollment-token={{FLEET_ENROLLMENT_TOKEN}}',
    );
    expect(message(deployment, 'enrollment_token_missing')).toBe(
      "Put Fleet's enrollment token (Kibana, Fleet, Enrollment tokens) in the place of {{FLEET_ENROLLMENT_TOKEN}}. Do not remove it: without a token, install would silently set up a standalone agent.",
    );
    expect(message({ ...deployment, os: 'container' }, 'enrollment_token_missing')).toBe(
      "Put Fleet's enrollment token (Kibana, Fleet, Enrollment tokens) in the place of {{FLEET_ENROLLMENT_TOKEN}}. Do not remove it: without a token, the container asks Kibana for one by KIBANA_FLEET_* and stops if it cannot.",
    );
  });

  test.each<[string, Deployment, string]>([
    [
      'container_environment_stays',
      { os: 'container' },
      'Keep these variables set at every start: they override what was stored at enrollment, even when they are empty. Certificate and key do so from 8.19.17, 9.3.6, 9.4.3 and 9.5.0, FLEET_CA from 8.19.19, 9.3.8, 9.4.4 and 9.5.0.',
    ],
    [
      'windows_reenroll_refused',
      { os: 'windows', stackVersion: '8.17.3' },
      'On Windows, Elastic Agent 8.17 before 8.17.8, 8.18 before 8.18.3 and 9.0 before 9.0.3 may refuse enroll to administrators: upgrade, or uninstall and install.',
    ],
    [
      'stack_version_missing',
      { stackVersion: undefined },
      'The kit was rendered without stackVersion; it needs Elastic Agent 8.13.0 for the client certificate.',
    ],
    [
      'output_paths_are_shared',
      {},
      "An output's settings go to every agent of its policies: the files must have these paths on all of them. Hosts with another operating system or directory need an output and a policy of their own, and so do hosts of Fleet Server, which have fleet-server.crt instead.",
    ],
  ])('%s', (code, deployment, words) => {
    expect(message(deployment, code)).toBe(words);
  });

  test('a key that Elastic Defend discards is named', () => {
    const { notes } = kit({ stackVersion: '9.0.0', agent: { elasticDefend: true } }, { keyKind: 'p256' });
    expect(notes.find(({ code }) => code === 'defend_needs_rsa')?.message).toBe(
      'Elastic Defend before 9.1.0 takes RSA keys only and silently discards others: enroll with an RSA key, or upgrade.',
    );
  });

  test.each([
    ['linux', 'sudo groupadd -f elastic-agent'],
    ['macos', 'sudo dseditgroup -o create elastic-agent'],
    ['windows', 'New-LocalGroup -Name elastic-agent'],
  ])('the group is created on %s by %s', (os, command) => {
    const text = message({ os, agent: { unprivileged: true } }, 'unprivileged_needs_group_first');
    expect(text).toContain(`run "${command}", then write the files, then install`);
  });

  test('what an unknown version must have is listed', () => {
    const deployment = {
      stackVersion: undefined,
      keyPassphraseFile: '/p',
      agent: { unprivileged: true, group: 'g' },
    };
    expect(message(deployment, 'stack_version_missing')).toBe(
      'The kit was rendered without stackVersion; it needs Elastic Agent 8.13.0 for the client certificate, 8.15.0 for unprivileged, 8.16.0 for the passphrase, 8.17.0 for user and group.',
    );
  });
});
