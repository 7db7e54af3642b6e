import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { KEY_KINDS } from '../../../shared/domain/key-kind.ts';
import { FleetServer } from '../../support/hosts/fleet-server.ts';
import { curl761, libressl, USERLANDS } from '../../support/hosts/programs.ts';
import { problem, RenewalService } from '../../support/hosts/renewal-service.ts';
import { type HostOptions, RotatingHost } from '../../support/hosts/rotating-host.ts';

let service: RenewalService;
const hosts: RotatingHost[] = [];
const fleets: FleetServer[] = [];
beforeAll(async () => {
  service = await RenewalService.start();
});
afterEach(async () => {
  service.reset();
  for (const host of hosts.splice(0)) host.remove();
  for (const fleet of fleets.splice(0)) await fleet.stop();
});
afterAll(() => service.stop());

function host(options: HostOptions = {}): RotatingHost {
  const made = new RotatingHost(service, options);
  // Its waits are of no interest here, and the tests know how long they would be.
  made.program('sleep', `echo "$1" >>'${made.root}/slept'`);
  hosts.push(made);
  return made;
}

async function fleetServer(trusted = service.root.pem): Promise<FleetServer> {
  const started = await FleetServer.start(service.issuer, trusted);
  fleets.push(started);
  return started;
}

describe.each(USERLANDS)('in $name', ({ shell, path }) => {
  test.each(KEY_KINDS)('a key of kind %s gets one of the same kind', async (kind) => {
    const made = host({ kind });
    const old = made.serial;
    const environment = { PATH: `${made.bin}:${path(made.root)}` };
    const { code, stderr } = await made.run([], { shell, environment });
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^fleetseal: the new certificate is in place/)]);
    expect([made.usable, service.isConfirmed(old), made.leftovers]).toEqual([true, true, []]);
  });

  test('an encrypted key gets one with the same passphrase', async () => {
    const made = host({ passphrase: 'a "quoted\\ pass phrase' });
    const environment = { PATH: `${made.bin}:${path(made.root)}` };
    expect(await made.run([], { shell, environment })).toMatchObject({ code: 0 });
    expect(made.read('agent.key')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(made.usable).toBe(true);
  });
});

describe('with the programs of other systems,', () => {
  test.each(['p256', 'p384', 'p521', 'rsa'] as const)('LibreSSL, a key of kind %s', async (kind) => {
    const made = host({ kind });
    libressl(made.bin);
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(made.usable).toBe(true);
  });

  test('LibreSSL, an encrypted key is refused with the way out', async () => {
    const made = host({ passphrase: 'secret' });
    libressl(made.bin);
    expect(await made.run()).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'fleetseal: OpenSSL 1.1.1 or later is required for an encrypted key (LibreSSL does not work): install it, or set the variable OPENSSL to its path\n',
    });
    expect(made.usable).toBe(true);
  });

  test('curl 7.61, also where the service refuses', async () => {
    const fleet = await fleetServer();
    const made = host({ settings: { FLEET_URL: fleet.url } });
    curl761(made.bin);
    service.give('POST /v1/renew', problem(503, 'try_later', 'Busy.'));
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(fleet.seen).toEqual([made.serial]);
    service.give('POST /v1/renew', problem(409, 'certificate_revoked', 'This certificate was revoked.'));
    const { code, stderr } = await made.run(['--now']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('This certificate was revoked.')]);
  });
});

describe('what the host reports', () => {
  test('is the bundle that it has, and the id of its agent', async () => {
    const made = host();
    const id = '0b2c9f56-3d52-4a55-9d0c-0f8a2f0a8e11';
    const info = JSON.stringify({ info: { id, version: '9.5.2' }, components: [{ id: 'log-1' }] }, null, 4);
    made.program('elastic-agent', `cat <<'JSON'\n${info}\nJSON`);
    expect((await made.run()).code).toBe(0);
    expect(service.renewals).toMatchObject([
      { fleetAgentId: id, trustSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });

  test('is asked of an agent without privileges as its user, who could replace the program', async () => {
    const made = host({ settings: { AGENT_USER: 'elastic-agent-user' } });
    made.program(
      'elastic-agent',
      `[ "\${as:-}" = elastic-agent-user ] || echo "by root: $*" >>'${made.root}/agent'`,
    );
    made.program('sudo', `as=$2; export as; shift 2; echo "$*" >>'${made.root}/sudo'; exec "$@"`);
    service.activation = { agent: 'restart', commands: [], reason: '' };
    expect((await made.run()).code).toBe(0);
    expect([made.log('agent'), made.log('sudo')]).toEqual([[], expect.arrayContaining(['sh -s'])]);
  });

  test('is no id where the agent is not running', async () => {
    const made = host();
    made.program('elastic-agent', 'echo "Error: failed to communicate" >&2; exit 1');
    expect((await made.run()).code).toBe(0);
    expect(service.renewals[0]).not.toHaveProperty('fleetAgentId');
  });

  test('has the deployment, so that the response fits the host', async () => {
    const made = host({ settings: { DEPLOYMENT: '' } });
    const file = join(made.directory, 'deployment.json');
    writeFileSync(file, '{"model":"on-premises","stackVersion":"9.5.2"}\n');
    made.write(
      'fleetseal.conf',
      made.read('fleetseal.conf').replace("DEPLOYMENT=''", `DEPLOYMENT='${file}'`),
    );
    expect((await made.run()).code).toBe(0);
    expect(service.deployments).toEqual([{ model: 'on-premises', stackVersion: '9.5.2' }]);
  });
});

test('a deployment that the service refuses is no reason not to renew', async () => {
  const made = host({ settings: { DEPLOYMENT: '/dev/null' } });
  const file = join(made.directory, 'deployment.json');
  writeFileSync(file, '{"model":"on-premises"}\n');
  made.write('fleetseal.conf', made.read('fleetseal.conf').replace('/dev/null', file));
  service.give('POST /v1/renew', problem(422, 'deployment_refused', 'os is required'));
  expect(await made.run()).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(
      `cannot renew: os is required (422 deployment_refused)\nfleetseal: renewing without ${file}: correct it\n`,
    ),
  });
  expect([made.usable, service.deployments]).toEqual([true, []]);
});

test('a directory that other users may change is not used, since root runs what is in it', async () => {
  const made = host();
  chmodSync(made.directory, 0o775);
  expect(await made.run()).toEqual({
    code: 1,
    stdout: '',
    stderr: `fleetseal: ${made.directory} may be written to by other users, who could replace the key: run chmod go-w ${made.directory}\n`,
  });
  expect(service.requests).toEqual([]);
});

describe('a run that is cut off', () => {
  test('by a lost response asks with the same key again', async () => {
    const made = host();
    // The service issues, and its response is lost on the way.
    service.lose('POST /v1/renew');
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(new Set(service.renewals.map(({ csr }) => csr.slice(0, 150))).size).toBe(1);
    expect(service.renewals).toHaveLength(2);
    expect(made.usable).toBe(true);
  });

  test('by a service that stays away goes on with the same key in the next run', async () => {
    const made = host();
    const busy = problem(503, 'try_later', 'Temporarily unavailable.');
    service.give('POST /v1/renew', ...Array(100).fill({ ...busy, headers: { 'retry-after': '7' } }));
    const { code, stderr } = await made.run();
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(
        /cannot renew yet: Temporarily unavailable\. \(503 try_later\); trying again in \d+ s[\s\S]*gave up/,
      ),
    ]);
    expect(
      made
        .log('slept')
        .map(Number)
        .every((seconds) => seconds >= 7 && seconds <= 67),
    ).toBe(true);
    const key = made.read('pairs/pending/key');
    service.reset();
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(made.read('agent.key')).toBe(key);
  });

  test('before it could confirm does so in the next run', async () => {
    const made = host();
    const old = made.serial;
    service.give('POST /v1/renew/confirm', ...Array(100).fill(problem(503, 'try_later', 'Busy.')));
    expect(await made.run()).toMatchObject({ code: 5 });
    expect([made.usable, service.isConfirmed(old), made.pairs.length]).toEqual([true, false, 3]);
    service.reset();
    service.window = [3600, 7200];
    expect(await made.run()).toMatchObject({ code: 0 });
    expect([service.isConfirmed(old), made.pairs]).toEqual([true, [made.serial, 'current']]);
  });
});

test('of two runs at once the second leaves', async () => {
  const made = host();
  made.program('sync', 'sleep 2');
  made.program('sleep', 'exec /bin/sleep "$@"');
  const [one, two] = await Promise.all([made.run(), made.run()]);
  const leaves = { code: 0, stdout: '', stderr: `fleetseal: another run is at work in ${made.directory}\n` };
  expect([one, two]).toContainEqual(leaves);
  expect(service.renewals).toHaveLength(1);
  expect(made.usable).toBe(true);
});

describe('a clock that is wrong', () => {
  test.each([
    {
      name: 'behind',
      ahead: 7200,
      words: 'the clock of this host is 2 hours behind that of the service: correct it',
    },
    {
      name: 'ahead',
      ahead: -7200,
      words: 'the clock of this host is 2 hours ahead of that of the service: correct it',
    },
  ])('$name is reported, and the host renews all the same', async ({ ahead, words }) => {
    const made = host();
    service.ahead = ahead;
    const { code, stderr } = await made.run();
    expect([code, stderr.split('\n')[0]]).toEqual([0, `fleetseal: ${words}`]);
    expect(made.usable).toBe(true);
  });

  test('does not make the host wait until it is too late', async () => {
    const made = host();
    service.window = [100, 200];
    await made.run();
    // Months go by for the service, and the host does not notice.
    service.ahead = 80 * 86_400;
    service.window = [-7200, -3600];
    made.program('date', `exec /bin/date -d '+7 hours' "$@"`);
    expect(await made.run()).toMatchObject({ code: 0, stderr: expect.stringContaining('is in place') });
  });
});

describe('a service that refuses', () => {
  test('a revoked certificate is asked once a day, and says so', async () => {
    const made = host();
    const revoked = problem(409, 'certificate_revoked', 'This certificate was revoked. Enroll again.');
    service.give(`GET /v1/renewal/${made.serial}`, revoked);
    expect(await made.run()).toMatchObject({
      code: 4,
      stderr:
        'fleetseal: the service refuses this certificate: This certificate was revoked. Enroll again. (409 certificate_revoked)\n',
    });
    service.requests.length = 0;
    expect(await made.run()).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^fleetseal: the service refused this certificate: it is asked again after \S+Z, or with --now\n$/,
      ),
    });
    expect(service.requests).toEqual([]);
    expect((await made.run(['--status'])).stdout).toContain('refused by the service');
    expect(await made.run(['--now'])).toMatchObject({ code: 0 });
  });

  test.each([
    { who: 'a gateway', answer: { status: 403, body: { message: 'Forbidden' } } },
    { who: 'a firewall', answer: problem(403, 'access_denied', 'The firewall refused the request.') },
    { who: 'another program', answer: { status: 404, body: 'Not Found' } },
  ])('is not $who, which may be mended in an hour: the next run renews', async ({ answer }) => {
    const made = host();
    service.give('POST /v1/renew', answer);
    expect(await made.run()).toMatchObject({ code: 4, stderr: expect.stringContaining('cannot renew') });
    expect((await made.run(['--status'])).stdout).not.toContain('refused');
    expect(await made.run()).toMatchObject({ code: 0, stderr: expect.stringContaining('is in place') });
  });

  test('a certificate that lives for hours is asked again after a third of that', async () => {
    const made = host({ days: 1 });
    service.give('POST /v1/renew', problem(422, 'name_blocked', 'The name is blocked.'));
    await made.run(['--now']);
    const [, until] = made.read('.rotation/refused').trim().split(' ').map(Number);
    const seconds = (until ?? 0) - Date.now() / 1000;
    expect(seconds).toBeGreaterThan(7.9 * 3600);
    expect(seconds).toBeLessThan(8.1 * 3600);
  });

  test('a moment that a clock that was wrong has set is forgotten', async () => {
    const made = host();
    const revoked = problem(409, 'certificate_revoked', 'This certificate was revoked.');
    service.give(`GET /v1/renewal/${made.serial}`, revoked);
    expect((await made.run()).code).toBe(4);
    made.write('.rotation/refused', `${made.serial} ${Math.floor(Date.now() / 1000) + 40 * 86_400}\n`);
    expect((await made.run()).code).toBe(0);
  });

  test('a name that is blocked keeps its key, and renews when it may', async () => {
    const made = host();
    service.give('POST /v1/renew', problem(403, 'name_blocked', 'The name is blocked.'));
    expect(await made.run()).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('The name is blocked.'),
    });
    const key = made.read('pairs/pending/key');
    expect((await made.run(['--now'])).code).toBe(0);
    expect(made.read('agent.key')).toBe(key);
  });

  test('to name a window is no reason to let the certificate expire', async () => {
    const made = host({ days: 1 });
    service.give(`GET /v1/renewal/${made.serial}`, ...Array(9).fill(problem(503, 'try_later', 'Busy.')));
    const { code, stderr } = await made.run();
    expect([code, stderr]).toEqual([5, 'fleetseal: cannot ask when to renew: Busy. (503 try_later)\n']);
    // From two thirds of life, in the first half of what is left.
    const [, seconds] = /renews at (\S+) \(/.exec((await made.run(['--status'])).stdout) ?? [];
    const left = (Date.parse(seconds ?? '') - Date.now()) / 3600_000;
    expect(left).toBeGreaterThan(15.9);
    expect(left).toBeLessThan(20.1);
  });

  test('is not another one, to whose certificate the key does not belong', async () => {
    const made = host();
    const before = made.read('agent.crt');
    const foreign = { certificate: before, chain: [] };
    service.give('POST /v1/renew', { status: 200, body: foreign });
    expect(await made.run()).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('has no certificate for the key that was sent'),
    });
    expect([made.read('agent.crt'), made.usable]).toEqual([before, true]);
  });

  test('whose TLS certificate is not trusted gets nothing', async () => {
    const made = host({ settings: { CACERT: '' } });
    const { code, stderr } = await made.run();
    expect([code, stderr]).toEqual([5, expect.stringMatching(/cannot fetch the roots: .*certificate/)]);
    expect([service.requests, made.usable]).toEqual([[], true]);
    // Nothing was refused: the next run asks again.
    expect((await made.run(['--status'])).stdout).not.toContain('refused');
  });
});

describe('files that something else has damaged', () => {
  test('come back from the last pair', async () => {
    const made = host();
    await made.run();
    for (const name of ['agent.crt', 'agent.key']) {
      rmSync(join(made.directory, name));
      made.write(name, 'nonsense\n');
    }
    const { code, stderr } = await made.run();
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('do not belong together: back to the last pair'),
    ]);
    expect(made.usable).toBe(true);
  });

  test('that were never a pair are reported', async () => {
    const made = host();
    made.write('agent.crt', 'nonsense\n');
    expect(await made.run()).toEqual({
      code: 1,
      stdout: '',
      stderr: `fleetseal: ${made.directory}/agent.crt cannot be read as a certificate: restore it, or enroll again with bootstrap.sh\n`,
    });
  });

  test.each(['key', 'renews', 'chain'])('in the middle of a renewal, %s, are made again', async (name) => {
    const made = host();
    service.give('POST /v1/renew', ...Array(100).fill(problem(503, 'try_later', 'Busy.')));
    await made.run();
    service.reset();
    writeFileSync(join(made.directory, 'pairs/pending', name), 'nonsense\n');
    await made.run();
    expect([(await made.run(['--now'])).code, made.usable, made.leftovers]).toEqual([0, true, []]);
  });
});

describe('the roots of the service', () => {
  const pems = (text: string) => text.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? [];

  test('that a root of the host certified are taken over, before the certificate is renewed', async () => {
    const made = host();
    const second = service.ca('fleetseal prod root-2');
    service.bundle = service.root.pem + second.pem;
    service.published = [second.certifiedBy(service.root)];
    service.issuer = service.ca('fleetseal prod issuer-2', second);
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(pems(made.read('ca.crt'))).toEqual(pems(service.bundle));
    expect([made.usable, service.renewals[0]?.trustSha256]).toEqual([
      true,
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ]);
  });

  test.each([
    { name: 'no root of the host certified', published: () => [] },
    { name: 'only itself certified', published: (root: { pem: string }) => [root.pem] },
    {
      name: 'another root of the same name and key certified',
      published: (root: ReturnType<RenewalService['ca']>) => [
        root.certifiedBy(service.ca('fleetseal prod root-1')),
      ],
    },
  ])('that $name are left out, with code 3', async ({ published }) => {
    const made = host();
    const foreign = service.ca('fleetseal prod root-2');
    service.bundle = service.root.pem + foreign.pem;
    service.published = published(foreign);
    const { code, stderr } = await made.run();
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(
        /the service has a root that no root of this host has certified: CN=fleetseal prod root-2, SHA-256 [0-9a-f]{64}\. To trust it, run this with --trust-sha256 [0-9a-f]{64}/,
      ),
    ]);
    expect(pems(made.read('ca.crt'))).toEqual(pems(service.root.pem));
    expect([made.usable, service.renewals[0]]).toEqual([
      true,
      expect.not.objectContaining({ trustSha256: expect.anything() }),
    ]);
    const [fingerprint = ''] = /(?<=--trust-sha256 )[0-9a-f]{64}/.exec(stderr) ?? [];
    expect(await made.run(['--now', '--trust-sha256', fingerprint])).toMatchObject({ code: 0 });
    expect(pems(made.read('ca.crt'))).toEqual(pems(service.bundle));
  });

  test('a certificate that is no CA makes no root', async () => {
    const made = host();
    const foreign = service.ca('host-01');
    service.bundle = service.root.pem + foreign.pem;
    service.published = [foreign.certifiedBy(service.root, 'leaf')];
    expect(await made.run()).toMatchObject({ code: 3 });
    expect(pems(made.read('ca.crt'))).toEqual(pems(service.root.pem));
  });

  test('that it no longer has are dropped, but not those that somebody else put there', async () => {
    const made = host();
    const own = service.ca('Company CA');
    const second = service.ca('fleetseal prod root-2');
    made.write('ca.crt', service.root.pem + own.pem);
    service.bundle = service.root.pem + second.pem;
    service.published = [second.certifiedBy(service.root)];
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(pems(made.read('ca.crt'))).toEqual(pems(service.root.pem + second.pem + own.pem));
    service.bundle = service.root.pem;
    expect(await made.run(['--now'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the service has dropped a root: CN=fleetseal prod root-2'),
    });
    expect(pems(made.read('ca.crt'))).toEqual(pems(service.root.pem + own.pem));
  });

  test('never replace a file by one that does not verify the own certificate', async () => {
    const made = host();
    const second = service.ca('fleetseal prod root-2');
    service.bundle = service.root.pem + second.pem;
    service.published = [second.certifiedBy(service.root)];
    await made.run();
    service.bundle = second.pem;
    const { code, stderr } = await made.run(['--now']);
    expect([code, stderr]).toEqual([3, expect.stringContaining("do not verify this host's certificate")]);
    expect(pems(made.read('ca.crt'))).toEqual(pems(service.root.pem + second.pem));
  });

  test.each(['', '<html>', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'])(
    'stay as they are when the service sends %j',
    async (bundle) => {
      const made = host();
      const before = made.read('ca.crt');
      service.bundle = bundle;
      expect(await made.run()).toMatchObject({ code: 3 });
      expect([made.read('ca.crt'), made.usable]).toEqual([before, true]);
    },
  );
});

describe('Fleet Server', () => {
  test('is asked with the new pair before the pair is used', async () => {
    const fleet = await fleetServer();
    const made = host({ settings: { FLEET_URL: fleet.url } });
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(fleet.seen).toEqual([made.serial]);
  });

  test('that refuses the new pair, but not the old one, keeps the old one in use', async () => {
    const fleet = await fleetServer();
    const made = host({ settings: { FLEET_URL: fleet.url } });
    const old = made.serial;
    const second = service.ca('fleetseal prod root-2');
    service.bundle = service.root.pem + second.pem;
    service.published = [second.certifiedBy(service.root)];
    service.issuer = service.ca('fleetseal prod issuer-2', second);
    const { code, stderr } = await made.run();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/refuses the new certificate, but not the old one, which stays: \S+/),
    ]);
    expect([made.serial, made.usable, service.isConfirmed(old)]).toEqual([old, true, false]);
    // It was restarted: the same certificate is used.
    fleet.trust(service.bundle);
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(service.renewals).toHaveLength(1);
    expect([made.serial === old, service.isConfirmed(old)]).toEqual([false, true]);
  });

  test('that cannot be reached is no reason against the new pair', async () => {
    const made = host({ settings: { FLEET_URL: 'https://localhost:9' } });
    expect(await made.run()).toMatchObject({ code: 0 });
  });
});

describe('a restart', () => {
  const settings = { RESTART: 'elastic-agent restart' };
  const agent = (made: RotatingHost, status = 'exit 0', restart = 'exit 0') =>
    made.program(
      'elastic-agent',
      `echo "$1 $(openssl x509 -in '${made.directory}/agent.crt' -noout -serial)" >>'${made.root}/agent'
case $1 in restart) ${restart} ;; status) loaded=$(sed -n 's/restart serial=//p' '${made.root}/agent' | tail -n 1); ${status} ;; esac`,
    );
  const restarts = (made: RotatingHost) => made.log('agent').filter((line) => line.startsWith('restart'));

  test('is made where the service says so, with the new pair', async () => {
    const made = host({ settings });
    agent(made);
    service.activation = { agent: 'restart', outputs: 'restart', commands: ['sudo rm -rf /'], reason: '' };
    expect(await made.run()).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('restarting: elastic-agent restart'),
    });
    expect(restarts(made)).toEqual([`restart serial=${made.serial.toUpperCase()}`]);
  });

  test('is not made where the agent reads new files by itself', async () => {
    const made = host({ settings });
    agent(made);
    expect(await made.run()).toMatchObject({ code: 0 });
    expect(restarts(made)).toEqual([]);
  });

  test('that fails is made by the next run, which confirms then', async () => {
    const made = host({ settings });
    const old = made.serial;
    agent(made, 'exit 0', 'exit 1');
    service.activation = { agent: 'restart', commands: [], reason: '' };
    expect(await made.run()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot restart: elastic-agent restart'),
    });
    expect(service.isConfirmed(old)).toBe(false);
    agent(made);
    service.window = [3600, 7200];
    expect(await made.run()).toMatchObject({ code: 0 });
    expect([restarts(made).length, service.isConfirmed(old)]).toEqual([2, true]);
  });

  test('that is made by a later run, after which the agent is not healthy, brings the old pair back too', async () => {
    const made = host({ settings });
    const old = made.serial;
    agent(made, 'exit 0', 'exit 1');
    service.activation = { agent: 'restart', commands: [], reason: '' };
    expect((await made.run()).code).toBe(1);
    // It was not restarted: the old pair is still loaded.
    rmSync(join(made.root, 'agent'));
    agent(made, `[ "\${loaded:-${old.toUpperCase()}}" = ${old.toUpperCase()} ]`);
    const later = await made.run();
    expect([later.code, later.stderr]).toEqual([
      1,
      expect.stringContaining('back to the old one, until tomorrow'),
    ]);
    expect(later.stderr).not.toContain('not set');
    expect([made.serial, made.usable]).toEqual([old, true]);
    const asked = service.requests.length;
    expect(await made.run()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(service.requests).toHaveLength(asked);
  });

  test('after which the agent is not healthy brings the old pair back, for a day', async () => {
    const made = host({ settings });
    const old = made.serial;
    agent(made, `[ "\${loaded:-${old.toUpperCase()}}" = ${old.toUpperCase()} ]`);
    service.activation = { agent: 'restart', commands: [], reason: '' };
    expect(await made.run()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'Elastic Agent is not healthy with the new certificate: back to the old one, until tomorrow',
      ),
    });
    expect([made.serial, made.usable, service.isConfirmed(old)]).toEqual([old, true, false]);
    expect(restarts(made)).toHaveLength(2);
    expect(await made.run()).toEqual({ code: 0, stdout: '', stderr: '' });
    agent(made);
    expect(await made.run(['--now'])).toMatchObject({ code: 0 });
    expect([made.serial === old, service.isConfirmed(old)]).toEqual([false, true]);
  });
});
