import { execFileSync } from 'node:child_process';
import { lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { runParts } from '../../support/host-shell.ts';
import { problem, RenewalService } from '../../support/hosts/renewal-service.ts';
import { type HostOptions, RotatingHost } from '../../support/hosts/rotating-host.ts';
import { trustDirectory } from '../../support/openssl.ts';

let service: RenewalService;
const hosts: RotatingHost[] = [];
beforeAll(async () => {
  service = await RenewalService.start();
});
afterEach(() => {
  service.reset();
  for (const host of hosts.splice(0)) host.remove();
});
afterAll(() => service.stop());

function host(options: HostOptions = {}): RotatingHost {
  const made = new RotatingHost(service, options);
  hosts.push(made);
  return made;
}

describe('times', () => {
  const SECONDS = fc.array(fc.integer({ min: 0, max: 4_102_444_800 }), { minLength: 40, maxLength: 40 });

  test('are read and written as other programs do', async () => {
    await fc.assert(
      fc.asyncProperty(SECONDS, async (moments) => {
        const dates = moments.map((seconds) => new Date(seconds * 1000));
        const rfc3339 = dates.map((date) => date.toISOString().replace('.000Z', 'Z'));
        const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
        const lines = dates.flatMap((date, index) => {
          const clock = date.toISOString().slice(11, 19);
          const day = `${date.getUTCDate()}`.padStart(2);
          const openssl = `${months[date.getUTCMonth()]} ${day} ${clock} ${date.getUTCFullYear()} GMT`;
          return [rfc3339[index], date.toUTCString(), openssl].map((text) => `seconds_of '${text}'; echo`);
        });
        const written = moments.map((seconds) => `time_of ${seconds}; echo`);
        const { stdout } = runParts(['time'], [...lines, ...written].join('\n'));
        const expected = [...moments.flatMap((seconds) => [seconds, seconds, seconds]), ...rfc3339];
        expect(stdout.trim().split('\n')).toEqual(expected.map(String));
      }),
      { numRuns: 2 },
    );
  });

  test('are nothing where they are something else', () => {
    expect(runParts(['time'], `seconds_of 'tomorrow'; seconds_of ''; seconds_of 1795858285`).stdout).toBe('');
  });
});

describe('rotate.sh', () => {
  test('renews when it is time, in one step, and confirms; then it waits for the next window', async () => {
    const made = host();
    const [old, ca] = [made.serial, made.read('ca.crt')];
    const { code, stdout, stderr } = await made.run();
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(
      new RegExp(
        `^fleetseal: the new certificate is in place: ${made.serial}, valid until 20\\d\\d-\\S+Z\\n$`,
      ),
    );
    expect(made.usable).toBe(true);
    expect(made.serial).not.toBe(old);
    expect(service.isConfirmed(old)).toBe(true);
    expect(lstatSync(join(made.directory, 'agent.key')).isSymbolicLink()).toBe(true);
    expect([made.pairs, made.leftovers, made.read('ca.crt')]).toEqual([[made.serial, 'current'], [], ca]);

    service.window = [3600, 7200];
    service.requests.length = 0;
    expect(await made.run()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(service.requests).toEqual(['GET /v1/trust.pem', `GET /v1/renewal/${made.serial}`]);
    const { stdout: status } = await made.run(['--status']);
    expect(status).toMatch(
      new RegExp(
        `^agent ${made.name} \\(${made.serial}\\): valid until \\S+Z, renews at \\S+Z \\(in \\d+ (minutes|hours)\\), window from \\S+Z to \\S+Z\\nnot scheduled: run ${made.script} --install-timer, or run it every hour yourself\\n$`,
      ),
    );
    // The moment is drawn once, and the service is not asked again before it said so.
    expect((await made.run()).code).toBe(0);
    expect((await made.run(['--status'])).stdout.replace(/\(in .*?\)/, '')).toBe(
      status.replace(/\(in .*?\)/, ''),
    );
    expect(service.requests).toHaveLength(2);
  });

  test('trusts the roots of the host alone, and no CA of the system', async () => {
    const made = host();
    const ofSystem = service.ca('System CA');
    const foreign = service.ca('fleetseal prod root-2');
    service.bundle = service.root.pem + foreign.pem;
    service.published = [foreign.certifiedBy(ofSystem)];
    const before = made.read('ca.crt');
    const environment = { SSL_CERT_DIR: ofSystem.trustDirectory };
    const { code, stderr } = await made.run([], { environment });
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('has a root that no root of this host has certified: CN=fleetseal prod root-2'),
    ]);
    expect(made.read('ca.crt')).toBe(before);
  });

  test('takes over the roots with the fingerprint that it is given, also long before it renews', async () => {
    const made = host();
    service.window = [3600, 7200];
    service.bundle = service.root.pem + service.ca('fleetseal prod root-2').pem;
    const { code, stderr } = await made.run();
    const [fingerprint = ''] = /(?<=--trust-sha256 )[0-9a-f]{64}/.exec(stderr) ?? [];
    const trusting = await made.run(['--trust-sha256', fingerprint]);
    expect([code, trusting]).toEqual([
      3,
      { code: 0, stdout: '', stderr: `fleetseal: ${made.directory}/ca.crt is up to date: 2 roots\n` },
    ]);
    expect(service.renewals).toEqual([]);
  });

  test.each([
    { name: 'a directory of CAs that curl takes besides', line: (path: string) => `capath = "${path}"` },
    { name: 'a ~/.curlrc by which curl verifies nothing', line: () => 'insecure' },
  ])('trusts only the CAs of CACERT, in spite of $name', async ({ line }) => {
    const made = host({ settings: { CACERT: service.ca('Other CA').file } });
    const directory = trustDirectory(service.caFile, join(made.root, 'trusted'));
    writeFileSync(join(made.root, '.curlrc'), `${line(directory)}\n`);
    const { code, stderr } = await made.run();
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/^fleetseal: cannot fetch the roots: \(60\) .*certificate/),
    ]);
    expect(service.requests).toEqual([]);
  });

  test('takes no certificate that only a CA of the system issued', async () => {
    const made = host();
    const ofSystem = service.ca('System CA');
    service.issuer = ofSystem;
    const [serial, environment] = [made.serial, { SSL_CERT_DIR: ofSystem.trustDirectory }];
    const { code, stderr } = await made.run([], { environment });
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not lead to a root in')]);
    expect(made.serial).toBe(serial);
  });

  test('says what it would do, and does nothing', async () => {
    const made = host();
    const before = execFileSync('ls', ['-lR', made.directory]);
    const { code, stdout } = await made.run(['--dry-run', '--now']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('would make a new key (p256), and renew')]);
    expect(execFileSync('ls', ['-lR', made.directory])).toEqual(before);
    expect(service.renewals).toEqual([]);
  });

  test.each([
    { RESTART: 'false', code: 1, confirmed: false },
    { RESTART: 'true', code: 0, confirmed: true },
  ])(
    'confirms only what was restarted, also for the listener of a Fleet Server alone: $RESTART',
    async (row) => {
      service.activation = { agent: 'automatic', fleetServer: 'restart', commands: [], reason: '' };
      const made = host({ settings: { RESTART: row.RESTART } });
      const old = made.serial;
      const { code, stderr } = await made.run(['--now']);
      expect([code, stderr]).toEqual([row.code, expect.stringContaining(`restarting: ${row.RESTART}`)]);
      expect(service.isConfirmed(old)).toBe(row.confirmed);
    },
  );

  test('says so where there is no command to restart anything by', async () => {
    const made = host({ settings: { RESTART: '' } });
    service.activation = { agent: 'restart', commands: [], reason: '' };
    const { code, stderr } = await made.run(['--now']);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        `\nfleetseal: nothing is restarted: RESTART is empty in ${made.directory}/fleetseal.conf. Programs that have read the old files keep them until their restart\n`,
      ),
    ]);
    expect((await made.run(['--dry-run', '--now'])).stdout).not.toContain('would run');
  });

  test.each([
    { after: '3599', minutes: 60 },
    { after: '1000000', minutes: 16_667 },
  ])(
    'waits for no service that asks for $after seconds, more than 15 minutes',
    async ({ after, minutes }) => {
      const made = host();
      const busy = problem(429, 'renewed_too_often', 'Renewed 5 times within an hour.');
      service.give('POST /v1/renew', { ...busy, headers: { 'retry-after': after } });
      expect(await made.run(['--now'])).toMatchObject({
        code: 5,
        stderr: `fleetseal: cannot renew: Renewed 5 times within an hour. (429 renewed_too_often)
fleetseal: the service accepts this again in ${minutes} minutes: run it again then, it goes on where it stopped
`,
      });
      expect(made.usable).toBe(true);
    },
  );

  test.each([
    { name: 'an unknown argument', args: ['--force'], words: 'unknown argument --force: see --help' },
    {
      name: 'a value that is missing',
      args: ['--directory'],
      words: '--directory needs a value: see --help',
    },
    {
      name: 'a fingerprint that is none',
      args: ['--trust-sha256', '12'],
      words: '--trust-sha256 must be 64 hex digits: see --help',
    },
    {
      name: 'another directory',
      args: ['--directory', '/nowhere'],
      words: 'there is no /nowhere/fleetseal.conf: run bootstrap.sh first, or name its --directory',
    },
  ])('refuses $name with code 2', async ({ args, words }) => {
    expect(await host().run(args)).toEqual({ code: 2, stdout: '', stderr: `fleetseal: ${words}\n` });
  });

  test('has help', async () => {
    const { code, stdout } = await host().run(['--help']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: sh rotate\.sh /)]);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
