import { describe, expect, test } from '@jest/globals';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { brokenRules } from '../../../../shared/elastic/deployment-rules.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { certificateOf, ON_PREMISES } from '../rendering.ts';

/** What is said of the fields of paths. */
function said(deployment: Deployment, profile: ProfileName = 'agent'): readonly string[] {
  return brokenRules({ ...ON_PREMISES, ...deployment }, { profile, keyKind: 'rsa' })
    .filter(({ pointer }) => /directory|[pP]ath$|File$/.test(pointer))
    .map(({ pointer, detail }) => `${pointer.replace('#/deployment', '')}: ${detail}`);
}

const INSTALLATION = (path: string, example: string) =>
  `is below ${path}, which is deleted when Elastic Agent is uninstalled: use another place, for example ${example}`;
const VOLATILE = (path: string) =>
  `is below ${path}, which is empty after a restart: use another place, for example /etc/fleetseal`;

describe('a directory is refused where it does not last', () => {
  test.each([
    ['linux', '/opt/Elastic/Agent', INSTALLATION('/opt/Elastic/Agent', '/etc/fleetseal')],
    ['linux', '/opt/Elastic/Agent/certs', INSTALLATION('/opt/Elastic/Agent', '/etc/fleetseal')],
    ['linux', '/opt//Elastic/Agent//certs', INSTALLATION('/opt/Elastic/Agent', '/etc/fleetseal')],
    ['linux', '/var/lib/elastic-agent/tls', INSTALLATION('/var/lib/elastic-agent', '/etc/fleetseal')],
    [
      'container',
      '/usr/share/elastic-agent/certs',
      INSTALLATION('/usr/share/elastic-agent', '/etc/fleetseal'),
    ],
    [
      'macos',
      '/Library/Elastic/Agent/certs',
      INSTALLATION('/Library/Elastic/Agent', '/usr/local/etc/fleetseal'),
    ],
    ['linux', '/dev/shm/certs', VOLATILE('/dev/shm')],
    ['linux', '/run/fleetseal', VOLATILE('/run')],
    ['linux', '/var/run/fleetseal', VOLATILE('/var/run')],
  ])('%s: %s', (os, directory, words) => {
    expect(said({ os, directory })).toEqual([`/directory: directory ${words}`]);
  });

  test.each([
    ['linux', '/opt/Elastic/Agents'],
    ['linux', '/etc/elastic-agent/certs'],
    ['linux', '/tmpfiles'],
    ['linux', '/etc'],
    ['container', '/run/certs'],
    ['container', '/etc/certs'],
    ['container', '/certs'],
    ['macos', '/Library/Elastic/Certs'],
    ['windows', 'D:\\tls'],
  ])('not %s: %s', (os, directory) => {
    expect(said({ os, directory })).toEqual([]);
  });
});

describe('a directory is refused where the system deletes what is old', () => {
  const TEMPORARY = (path: string, example: string) =>
    `/directory: directory is below ${path}, which the system empties now and then: use another place, for example ${example}`;
  const LOGSTASH = { fleetUrl: undefined, outputs: [{ type: 'logstash' }] };
  const TRIED = { eckVersion: '3.5.0', operatorName: 'elastic-operator' };

  test.each<readonly [string, string, string, string]>([
    ['linux', '/tmp/certs', '/tmp', '/etc/fleetseal'],
    ['linux', '/tmp', '/tmp', '/etc/fleetseal'],
    ['linux', '//tmp//certs', '/tmp', '/etc/fleetseal'],
    ['linux', '/var/tmp', '/var/tmp', '/etc/fleetseal'],
    ['container', '/tmp/certs', '/tmp', '/etc/fleetseal'],
    ['macos', '/tmp/certs', '/tmp', '/usr/local/etc/fleetseal'],
    ['macos', '/private/tmp/certs', '/private/tmp', '/usr/local/etc/fleetseal'],
    ['macos', '/private/var/tmp/certs', '/private/var/tmp', '/usr/local/etc/fleetseal'],
    ['macos', '/var/folders/xy/T', '/var/folders', '/usr/local/etc/fleetseal'],
    ['windows', 'c:/windows/TEMP/certs', 'c:\\windows\\TEMP', 'C:\\ProgramData\\fleetseal'],
    [
      'windows',
      'C:\\Users\\ann\\AppData\\Local\\Temp\\tls',
      'C:\\Users\\ann\\AppData\\Local\\Temp',
      'C:\\ProgramData\\fleetseal',
    ],
  ])('%s: %s', (os, directory, place, example) => {
    expect(said({ os, directory })).toEqual([TEMPORARY(place, example)]);
  });

  test.each<readonly [ProfileName, Deployment]>([
    ['fleet-server', { fleetServer: { elasticsearchUrl: 'https://es:9200' } }],
    ['output-client', { fleetUrl: undefined, outputs: [{ type: 'logstash', hosts: ['ls:5044'] }] }],
    ['output-server', LOGSTASH],
    ['proxy', { model: 'cloud-proxy', fleetUrl: undefined }],
  ])('of every profile: %s', (profile, deployment) => {
    expect(said({ ...deployment, directory: '/tmp/certs' }, profile)).toEqual([
      TEMPORARY('/tmp', '/etc/fleetseal'),
    ]);
  });

  test.each<readonly [string, Deployment, ProfileName]>([
    ['linux', { directory: '/tmpfiles' }, 'agent'],
    ['linux, whose names have a case', { directory: '/TMP/certs' }, 'agent'],
    ['windows', { os: 'windows', directory: 'C:\\Windows\\Temporary' }, 'agent'],
    [
      'a pod, which has it to itself',
      { os: 'container', container: { runtime: 'kubernetes' }, directory: '/tmp/certs' },
      'agent',
    ],
    [
      'ECK, whose Secret has what was there',
      { model: 'eck-metrics', fleetUrl: undefined, eck: TRIED, directory: '/tmp/certs' },
      'eck-metrics',
    ],
  ])('not %s', (_, deployment, profile) => {
    expect(said(deployment, profile)).toEqual([]);
  });
});

describe('so is every other file that must last', () => {
  const fleetServer = { elasticsearchUrl: 'https://es:9200' };

  test.each<readonly [string, Deployment, ProfileName]>([
    ['/keyPassphraseFile', { keyPassphraseFile: '/opt/Elastic/Agent/agent.pass' }, 'agent'],
    ['/trust/kafka/path', { trust: { kafka: { path: '/opt/Elastic/Agent/ca.crt' } } }, 'agent'],
    [
      '/fleetServer/serviceTokenPath',
      { fleetServer: { ...fleetServer, serviceTokenPath: '/opt/Elastic/Agent/token' } },
      'fleet-server',
    ],
    [
      '/fleetServer/listenerKeyPath',
      { fleetServer: { ...fleetServer, listenerKeyPath: '/opt/Elastic/Agent/l.key' } },
      'fleet-server',
    ],
  ])('%s', (field, deployment, profile) => {
    expect(said(deployment, profile)).toContainEqual(
      expect.stringMatching(`^${field}: .* is below /opt/Elastic/Agent`),
    );
  });

  test('also where it would be deleted', () => {
    expect(said({ keyPassphraseFile: '/tmp/agent.pass' })).toEqual([
      '/keyPassphraseFile: keyPassphraseFile is below /tmp, which the system empties now and then: use another place, for example /etc/fleetseal/agent.pass',
    ]);
  });

  test('but a secret that something else puts into /run at each start is taken', () => {
    expect(said({ keyPassphraseFile: '/run/secrets/agent.pass' })).toEqual([]);
  });
});

describe('a place is refused where its reader cannot go', () => {
  const unprivileged = { agent: { unprivileged: true } };
  const agent = 'an unprivileged agent';

  test.each<readonly [string, Deployment, ProfileName, string, string]>([
    ['root', { ...unprivileged, directory: '/root/certs' }, 'agent', '/directory', `/root, where ${agent}`],
    [
      'a home',
      { ...unprivileged, directory: '/home/ann/certs' },
      'agent',
      '/directory',
      `/home/ann, where ${agent}`,
    ],
    [
      'another home',
      { agent: { unprivileged: true, user: 'bob' }, directory: '/home/ann' },
      'agent',
      '/directory',
      `/home/ann, where ${agent}`,
    ],
    [
      'macOS',
      { ...unprivileged, os: 'macos', directory: '/Users/ann/certs' },
      'agent',
      '/directory',
      `/Users/ann, where ${agent}`,
    ],
    [
      'Windows',
      { ...unprivileged, os: 'windows', directory: 'C:\\Users\\ann\\tls' },
      'agent',
      '/directory',
      `C:\\Users\\ann, where ${agent}`,
    ],
    [
      'a file',
      { ...unprivileged, keyPassphraseFile: '/root/agent.pass' },
      'agent',
      '/keyPassphraseFile',
      `/root, where ${agent}`,
    ],
    [
      'a CA',
      { ...unprivileged, trust: { fleetServer: { path: '/root/ca.crt' } } },
      'agent',
      '/trust/fleetServer/path',
      `/root, where ${agent}`,
    ],
    [
      'a container',
      { os: 'container', directory: '/root/certs' },
      'agent',
      '/directory',
      "/root, where the container's user 1000",
    ],
    [
      'a server',
      { directory: '/root/certs', outputs: [{ type: 'logstash' }] },
      'output-server',
      '/directory',
      '/root, where the account of the server',
    ],
  ])('%s', (_, deployment, profile, field, words) => {
    expect(said(deployment, profile)).toEqual([
      expect.stringMatching(
        `^${field}: .* is below ${words.replaceAll('\\', '\\\\')} cannot go: use another place, for example `,
      ),
    ]);
  });

  test.each<readonly [string, Deployment, ProfileName]>([
    ['for a privileged agent', { directory: '/root/certs' }, 'agent'],
    [
      'in the home of its own account',
      { agent: { unprivileged: true, user: 'ann' }, directory: '/home/ann/tls' },
      'agent',
    ],
    ["for a container's root", { os: 'container', container: { uid: 0 }, directory: '/root/certs' }, 'agent'],
  ])('not %s', (_, deployment, profile) => {
    expect(said(deployment, profile)).toEqual([]);
  });
});

describe('the directory of a server that is Elasticsearch', () => {
  const kitOf = (deployment: Deployment) => {
    const resolved = checkDeployment(
      { model: 'on-premises', os: 'linux', ...deployment },
      { profile: 'output-server', keyKind: 'rsa' },
    );
    return renderKit({ deployment: resolved, certificate: certificateOf({ name: 'es-01', keyKind: 'rsa' }) });
  };
  const es = { outputs: [{ type: 'elasticsearch' }] };

  test.each([
    ['linux', '/etc/elasticsearch/fleetseal/'],
    ['container', '/usr/share/elasticsearch/config/fleetseal/'],
    ['macos', '/usr/local/etc/elasticsearch/fleetseal/'],
    ['windows', 'C:\\ProgramData\\Elastic\\Elasticsearch\\config\\fleetseal\\'],
  ])('is below its configuration directory by default: %s', (os, below) => {
    const { files, outputServers, notes } = kitOf({ ...es, os });
    expect(files.map(({ path }) => path.startsWith(below))).toEqual(files.map(() => true));
    expect(outputServers?.elasticsearchYml).toContain(JSON.stringify(below).slice(1, -1));
    expect(notes.find(({ code }) => code === 'elasticsearch_config_directory')?.message).toBe(
      `Elasticsearch reads certificates only below its own configuration directory. This kit puts them into ${below.slice(0, -1)}: if that is not below it (ES_PATH_CONF, or config where the archive was unpacked), request the kit with a directory that is.`,
    );
  });

  test.each([
    ['another directory', { ...es, directory: '/opt/es/config/tls' }, '/opt/es/config/tls/'],
    ['a remote cluster', { outputs: [{ type: 'remote_elasticsearch' }] }, '/etc/elasticsearch/fleetseal/'],
    ['Logstash', { outputs: [{ type: 'logstash' }] }, '/etc/fleetseal/'],
  ])('%s', (_, deployment, below) => {
    expect(kitOf(deployment).files[0]?.path).toMatch(new RegExp(`^${below}`));
  });

  test.each<readonly [string, Deployment, string]>([
    [
      'its packages',
      es,
      'The group elasticsearch, which the packages of the server create, may read the key: if the server was installed otherwise, give the key to the group of its account, or the server cannot read it.',
    ],
    [
      'two servers',
      { outputs: [{ type: 'logstash' }, { type: 'kafka' }] },
      'Only root may read the key and /etc/fleetseal/output-server.pem: make the account of the server its owner, or the server cannot read it.',
    ],
    [
      'Kafka',
      { outputs: [{ type: 'kafka' }] },
      'Only root may read /etc/fleetseal/output-server.pem: make the account of the server its owner, or the server cannot read it.',
    ],
    [
      'Kafka and another server',
      { outputs: [{ type: 'kafka' }, { type: 'logstash' }] },
      'Only root may read the key and /etc/fleetseal/output-server.pem: make the account of the server its owner, or the server cannot read it.',
    ],
    [
      'a container',
      { ...es, os: 'container' },
      'Only the user 1000 may read the key: if the server runs as another user, make that one its owner, or the server cannot read it.',
    ],
    [
      'Windows',
      { ...es, os: 'windows' },
      'Only SYSTEM and administrators may read the key: let the account of the service read it too, or the server cannot read it.',
    ],
  ])('what is said of the key of %s is what the list of files says', (_, deployment, words) => {
    const { notes, files } = kitOf(deployment);
    expect(notes.find(({ code }) => code === 'server_key_owner')?.message).toBe(words);
    const key = files.find(({ role }) => role === 'private-key');
    if (key?.group != null && key.group !== 'root') expect(words).toContain(key.group);
  });
});
