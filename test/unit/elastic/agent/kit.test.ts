import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { PEM } from '../rendering.ts';
import { kit } from './kits.ts';

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
        role: 'certificate',
        source: 'kit',
        mode: '0644',
        owner: 'root',
        group: 'root',
        acl: null,
        contents: PEM.leaf + PEM.issuer,
        purpose: 'the certificate, followed by its issuers',
      },
      {
        path: '/etc/fleetseal/agent.key',
        role: 'private-key',
        source: 'host-key',
        mode: '0600',
        owner: 'root',
        group: 'root',
        acl: null,
        contents: null,
        purpose: 'the private key, created on this host',
      },
      {
        path: '/etc/fleetseal/ca.crt',
        role: 'roots',
        source: 'kit',
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
  - "C:\\\\ProgramData\\\\fleetseal\\\\ca.crt"
ssl.certificate: "C:\\\\ProgramData\\\\fleetseal\\\\agent.crt"
ssl.key: "C:\\\\ProgramData\\\\fleetseal\\\\agent.key"
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
