import { describe, expect, test } from '@jest/globals';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { kit, refusals, resolved, type Subject } from '../agent/kits.ts';
import { PEM } from '../rendering.ts';

const LINUX: Deployment = { keyPassphraseFile: '/etc/fleetseal/key.pass' };
const WINDOWS: Deployment = { os: 'windows', keyPassphraseFile: 'C:\\keys\\key.pass' };
const FLEET_SERVER: Deployment = {
  ...LINUX,
  fleetServer: { elasticsearchUrl: 'https://es.example.com:9200', elasticsearchClientCertificate: false },
};
const CLIENT: Deployment = {
  ...LINUX,
  fleetUrl: undefined,
  fleetEnrollmentToken: undefined,
  outputs: [{ name: 'Main', type: 'elasticsearch', hosts: ['https://es.example.com:9200'] }],
};

function kitFor(deployment: Deployment, { profile = 'agent', keyKind = 'rsa' }: Subject = {}): Kit {
  return renderKit({
    deployment: resolved(deployment, { profile, keyKind }),
    certificate: { name: 'a', keyKind, certificatePem: PEM.leaf, chainPem: [], caBundlePem: PEM.root },
  });
}

const PLACE =
  'once the key is created, its CSR is sent and the certificate is written, but before the agent is installed, enrolled or restarted. Run it again for every new key. It encrypts the key in place: PBES2, PBKDF2 with HMAC-SHA-256, AES-256-CBC.';

describe('keyEncryption of a kit', () => {
  test.each<[ProfileName, Deployment]>([
    ['agent', LINUX],
    ['fleet-server', FLEET_SERVER],
    ['output-client', CLIENT],
  ])('for profile %s, whose key it names', (profile, deployment) => {
    const made = kitFor(deployment, { profile });
    expect(made.keyEncryption?.shell).toContain(`\nkey=/etc/fleetseal/${profile}.key\n`);
    expect(made.keyEncryption).not.toHaveProperty('powershell');
    expect(made.notes.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['passphrase_without_newline', 'key_encryption']),
    );
    for (const { path } of made.files.filter(
      ({ source, role }) => source === 'host-key' || role === 'passphrase',
    ))
      expect(made.keyEncryption?.shell).toContain(path);
  });

  test('is absent where the key is not encrypted, with its notes', () => {
    const made = kit();
    expect(made).not.toHaveProperty('keyEncryption');
    expect(made.notes.map(({ code }) => code)).not.toContain('key_encryption');
  });

  test.each([
    ['an agent with privileges', {}, 'root:root', '0600'],
    ['one without', { agent: { unprivileged: true } }, 'root:elastic-agent', '0640'],
    ['an account', { agent: { unprivileged: true, user: 'es', group: 'ops' } }, 'es:ops', '0600'],
    ['macOS', { os: 'macos', keyPassphraseFile: '/p' }, 'root:wheel', '0600'],
  ])('gives both files the access that kit.files says: %s', (_, deployment, owner, mode) => {
    const { shell = '' } = kit({ ...LINUX, ...deployment }).keyEncryption ?? {};
    const set = (name: string) => [...shell.matchAll(new RegExp(`\\n(?:key|pass)_${name}=(.*)`, 'g'))];
    expect(set('owner').map(([, value]) => value)).toEqual([owner, owner]);
    expect(set('mode').map(([, value]) => value)).toEqual([mode, mode]);
    expect(shell.match(/chown .*/g)).toEqual(shell.match(/chown "\$(key|pass)_owner" "\$(new|\1)"/g));
    expect(shell.match(/chmod .*/g)).toEqual(shell.match(/chmod "\$(key|pass)_mode" "\$(new|\1)"/g));
  });

  test('on macOS looks for the OpenSSL of Homebrew too', () => {
    const { keyEncryption, notes } = kit({ os: 'macos', keyPassphraseFile: '/p' });
    expect(keyEncryption?.shell).toContain(
      ':-openssl}" /opt/homebrew/opt/openssl@3/bin/openssl /usr/local/opt/openssl@3/bin/openssl; do',
    );
    expect(notes.find(({ code }) => code === 'key_encryption')?.message).toBe(
      `Run keyEncryption.shell as root ${PLACE} It needs OpenSSL 1.1.1 or later, for example Homebrew's openssl@3: the LibreSSL of macOS cannot write this form.`,
    );
  });

  test('on Windows is a script of PowerShell, and says what was not tried', () => {
    const { keyEncryption, notes } = kit({ ...WINDOWS, agent: { unprivileged: true } }, { keyKind: 'p384' });
    expect(keyEncryption).not.toHaveProperty('shell');
    expect(keyEncryption?.powershell).toContain("$pass = 'C:\\keys\\key.pass'\n");
    expect(keyEncryption?.powershell).toContain(
      "$grants = @('*S-1-5-18:(F)', '*S-1-5-32-544:(F)', 'elastic-agent:(R)')",
    );
    expect(keyEncryption?.powershell).toContain('[Security.Cryptography.ECDsa]::Create()');
    expect(kit(WINDOWS).keyEncryption?.powershell).toContain('[Security.Cryptography.RSA]::Create()');
    expect(notes.find(({ code }) => code === 'key_encryption')?.message).toBe(
      `Run keyEncryption.powershell as administrator ${PLACE} It needs OpenSSL 1.1.1 or later, or PowerShell 7.2 or later. Its syntax is checked, but it was never run on Windows: try it on one host first.`,
    );
  });

  test.each([
    [LINUX, 'printf %s, not with echo'],
    [WINDOWS, '[IO.File]::WriteAllText, not with Set-Content'],
  ])('the note on the passphrase says who writes it, and how', (deployment, how) => {
    const { notes } = kit(deployment);
    expect(notes.find(({ code }) => code === 'passphrase_without_newline')?.message).toBe(
      `${deployment.keyPassphraseFile} must contain the passphrase and nothing else: with a newline at its end the key cannot be read. The script in keyEncryption creates such a file, and refuses any other. Write your own passphrase with ${how}.`,
    );
  });

  test.each([
    ['agent', LINUX, 'keyEncryption.shell as root'],
    ['agent', WINDOWS, 'keyEncryption.powershell as administrator'],
    ['fleet-server', FLEET_SERVER, 'keyEncryption.shell as root'],
  ] as const)(
    'a host that moves over (%s) runs it when it changes its certificate',
    (profile, deployment, how) => {
      const made = kitFor({ ...deployment, agent: { alreadyEnrolled: true } }, { profile });
      const step = made.migration?.steps.find(({ title }) => title === 'Change the certificate of this host');
      expect(step?.detail).toContain(
        `with the new key, which was created on this host. Run ${how} before any restart. `,
      );
      expect(made.keyEncryption).toBeDefined();
    },
  );
});

describe('where nothing could read an encrypted key', () => {
  const CONTAINER = 'does not apply to a container, which has no variable for it';
  const ED25519 = 'Elastic Agent cannot read an encrypted Ed25519 key';
  test.each<[string, Deployment, Subject, string]>([
    ['a container', { ...LINUX, os: 'container' }, {}, CONTAINER],
    [
      'a container of Fleet Server',
      { ...FLEET_SERVER, os: 'container' },
      { profile: 'fleet-server' },
      CONTAINER,
    ],
    ['Ed25519', LINUX, { keyKind: 'ed25519' }, ED25519],
    ['Ed25519 of Fleet Server', FLEET_SERVER, { profile: 'fleet-server', keyKind: 'ed25519' }, ED25519],
    ['Ed25519 of an output', CLIENT, { profile: 'output-client', keyKind: 'ed25519' }, ED25519],
    [
      'a FIPS build',
      { ...LINUX, agent: { fips: true } },
      {},
      'the FIPS build of Elastic Agent cannot read encrypted keys',
    ],
    [
      'a FIPS build of Fleet Server',
      { ...FLEET_SERVER, agent: { fips: true } },
      { profile: 'fleet-server' },
      'the FIPS build of Elastic Agent cannot read encrypted keys',
    ],
    [
      'Fleet Server that shows its certificate to Elasticsearch',
      { ...FLEET_SERVER, fleetServer: { elasticsearchUrl: 'https://es.example.com:9200' } },
      { profile: 'fleet-server' },
      'Elastic Agent has no flag for the passphrase of --fleet-server-es-cert-key',
    ],
  ])('%s: refused, with the reason', (_, deployment, subject, words) => {
    const errors = refusals(deployment, subject).filter(
      ({ pointer }) => pointer === '#/deployment/keyPassphraseFile',
    );
    expect(errors.map(({ detail }) => detail).join()).toContain(words);
  });

  test('an output to Kafka may be one, and a note says when', () => {
    const outputs = [
      { name: 'Bus', type: 'kafka', hosts: ['kafka.example.com:9093'], kafka: { topic: 'events' } },
    ];
    const { notes } = kit({ ...LINUX, outputs });
    expect(notes.find(({ code }) => code === 'kafka_opentelemetry')?.message).toContain(
      'It ignores passphrase files there: use an unencrypted key.',
    );
    expect(JSON.stringify(kit({ outputs }).notes)).not.toContain('passphrase file');
  });
});
