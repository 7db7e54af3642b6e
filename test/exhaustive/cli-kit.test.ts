import { mkdtempSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startCloudForCli } from '../support/cli.ts';
import { enrollment } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';
import { textAt } from '../support/json.ts';

const DEPLOYMENT = {
  model: 'on-premises',
  stackVersion: '9.5.2',
  os: 'linux',
  fleetUrl: 'https://fleet.example.com:8220',
  fleetEnrollmentToken: 'RXhhbXBsZTpFeGFtcGxl',
};

let started: Awaited<ReturnType<typeof startCloudForCli>>;
let directory: string;
let serial: string;
let certificate: string;
const file = (name: string) => join(directory, name);
const local = (...args: string[]) => started.local(...args);
const future = ['--profile', 'agent', '--name', 'host-09'];

beforeAll(async () => {
  started = await startCloudForCli();
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-kit-'));
  writeFileSync(file('deployment.json'), JSON.stringify(DEPLOYMENT));
  writeFileSync(
    file('deployment.yaml'),
    'model: on-premises\nos: linux\nstackVersion: 9.5.2\nfleetUrl: https://fleet.example.com:8220\nfleetEnrollmentToken: RXhhbXBsZTpFeGFtcGxl\n',
  );
  const body = enrollment({ name: 'host-01', deployment: { ...DEPLOYMENT, directory: '/etc/from-host' } });
  const enrolled = await started.cloud.enroll(await started.cloud.token(), body);
  serial = textAt(enrolled.json, 'serialNumber');
  certificate = textAt(enrolled.json, 'certificate');
});
afterAll(() => started.cloud.stop());

describe('kit', () => {
  test('of a future certificate: files, commands, settings and notes', async () => {
    const { code, stdout } = await local('kit', '--deployment', file('deployment.yaml'), ...future);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^# files\nPATH +MODE +OWNER +CONTENTS\n\/etc\/fleetseal\/agent\.crt +0644 +root:root +sent with the enrollment\n/,
    );
    expect(stdout).toContain(
      '/etc/fleetseal/agent.key  0600  root:root  the key of the certificate signing request\n',
    );
    expect(stdout).toMatch(
      /^# elasticAgent\.install\nsudo \.\/elastic-agent install --non-interactive --url=https:\/\/fleet/m,
    );
    expect(stdout).toMatch(
      /^# output\.yaml\nssl\.certificate_authorities:\n {2}- \/etc\/fleetseal\/ca\.crt\n/m,
    );
    expect(stdout).toMatch(/^# notes\ninfo: This kit was rendered before its certificate was issued/m);
  });

  test('of a certificate: --out writes what the kit has, with modes, and no key', async () => {
    const out = file('host');
    const { stdout } = await local(
      'kit',
      '--deployment',
      file('deployment.json'),
      '--serial',
      serial,
      '--out',
      out,
    );
    expect(stdout).toContain(`${out}/etc/fleetseal/agent.crt  0644  root:root  written\n`);
    const crt = join(out, 'etc/fleetseal/agent.crt');
    expect(readFileSync(crt, 'utf8')).toContain(certificate);
    expect(statSync(crt).mode & 0o777).toBe(0o644);
    expect(() => statSync(join(out, 'etc/fleetseal/agent.key'))).toThrow('ENOENT');
    const again = await local(
      'kit',
      '--deployment',
      file('deployment.json'),
      '--serial',
      serial,
      '--out',
      out,
    );
    expect(again.code).toBe(0);
  });

  test('replaces a link with the file, and leaves what the link points to as it is', async () => {
    const out = file('linked');
    await local('kit', '--deployment', file('deployment.json'), '--serial', serial, '--out', out);
    const precious = file('precious');
    writeFileSync(precious, 'precious');
    const crt = join(out, 'etc/fleetseal/agent.crt');
    await mustRun('rm', [crt]);
    symlinkSync(precious, crt);
    await local('kit', '--deployment', file('deployment.json'), '--serial', serial, '--out', out);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect(readFileSync(crt, 'utf8')).toContain(certificate);
  });

  test('from the host only when asked for by name', async () => {
    const refused = await local('kit', '--serial', serial, '--json');
    // The last test has sent a deployment as the administrator.
    expect(refused.stdout).not.toContain('/etc/from-host');
    const { stdout } = await local('kit', '--serial', serial, '--from-host');
    expect(stdout).toContain('/etc/from-host/agent.crt');
  });

  test('as a script, of a future certificate and of one that is issued', async () => {
    const before = await local('kit', '--deployment', file('deployment.yaml'), ...future, '--script');
    expect([before.code, before.stderr]).toEqual([0, '']);
    expect(before.stdout).toContain(
      '\n# The kit of agent host-09, whose certificate is not issued yet, from',
    );
    const { stdout } = await local('kit', '--serial', serial, '--from-host', '--script');
    expect(stdout).toContain(`# The certificate ${serial} of agent host-01, from fleetseal.`);
    expect(stdout).toContain("warnings='This kit was rendered from the deployment that the host itself sent");
  });

  test('of a server to be, with the names that its certificate is to have', async () => {
    const fleetServer = { policyId: 'p', elasticsearchUrl: 'https://es.example.com:9200' };
    writeFileSync(file('server.json'), JSON.stringify({ ...DEPLOYMENT, fleetServer }));
    const server = ['--profile', 'fleet-server', '--name', 'fleet-01', '--ip', '203.0.113.7'];
    const kit = (...dns: string[]) => local('kit', '--deployment', file('server.json'), ...server, ...dns);
    const other = await kit('--dns', 'other.example.com');
    expect([other.code, other.stderr]).toEqual([
      3,
      expect.stringMatching(/^ {2}--dns: .*fleet\.example\.com/m),
    ]);
    const wrong = await kit('--dns', 'fleet_server');
    expect(wrong.stderr).toMatch(/^ {2}--dns: dnsNames\[0\] must be a host name /m);
    const both = await kit('--dns', 'other.example.com', '--dns', 'fleet.example.com');
    expect([both.code, both.stdout.includes('# fleetServer.install\n')]).toEqual([0, true]);
    expect(both.stdout).not.toContain('fleet_url_in_certificate');
  });

  test('names the field of the deployment that is refused', async () => {
    writeFileSync(file('old.json'), JSON.stringify({ ...DEPLOYMENT, stackVersion: '7.17.0' }));
    const { code, stderr } = await local('kit', '--deployment', file('old.json'), ...future);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^error: Deployment refused\.\n {2}--deployment stackVersion: Elastic Agent 7\.17\.0 does not support/,
    );
  });

  test.each([
    { name: 'nothing', args: [], says: 'A kit needs --deployment <file>, or --serial <serial>' },
    {
      name: 'no certificate',
      args: ['--deployment', 'deployment.json'],
      says: '--serial <serial>, or --profile and --name of a future one.',
    },
    {
      name: 'a file that is not there',
      args: ['--deployment', 'nowhere.json', ...future],
      says: 'nowhere.json cannot be read: ENOENT',
    },
    {
      name: 'a file that is neither JSON nor YAML',
      args: ['--deployment', 'broken.json', ...future],
      says: 'is neither JSON nor YAML:',
    },
    {
      name: 'a file without a deployment',
      args: ['--deployment', 'list.yaml', ...future],
      says: 'list.yaml holds no deployment: an object with fields such as "model"',
    },
    {
      name: 'a file with a whole request',
      args: ['--deployment', 'request.json', ...future],
      says: 'request.json holds a whole request: put only what stands in its "deployment" into the file',
    },
    {
      name: 'a script to be written as files',
      args: ['--deployment', 'deployment.json', ...future, '--script', '--out', 'host'],
      says: '--script and --out exclude each other: the script puts the files in place on the host.',
    },
    {
      name: 'a script as JSON',
      args: ['--deployment', 'deployment.json', ...future, '--script', '--json'],
      says: '--script and --json exclude each other.',
    },
    {
      name: 'another DNS name of an issued certificate',
      args: ['--serial', '1f'.repeat(18), '--dns', 'fleet.example.com'],
      says: '--serial and --dns exclude each other: --dns is for a certificate that is not issued yet.',
    },
  ])('$name is refused with the way out', async ({ args, says }) => {
    writeFileSync(file('broken.json'), '{"a": [');
    writeFileSync(file('list.yaml'), '- a\n');
    writeFileSync(file('request.json'), '{"profile": "agent", "deployment": {}}');
    const paths = args.map((each) => (/\.(json|yaml)$/.test(each) ? file(each) : each));
    const { code, stderr } = await local('kit', ...paths);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
