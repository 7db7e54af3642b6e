import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { TestCloud } from '../../support/cloud.ts';
import { BootstrapHost, type BootstrapOptions } from '../../support/hosts/bootstrap-host.ts';
import { handshake } from '../../support/hosts/handshake.ts';
import { curl761, libressl, USERLANDS } from '../../support/hosts/programs.ts';
import { textAt } from '../../support/json.ts';

let cloud: TestCloud;
const hosts: BootstrapHost[] = [];
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});
afterAll(() => cloud.stop());

async function host(): Promise<BootstrapHost> {
  const made = await BootstrapHost.of(cloud);
  hosts.push(made);
  return made;
}

const drawName = () => `host-${randomBytes(4).toString('hex')}`;

/** A deployment whose files lie in the directory of the host. */
const deploymentOf = (made: BootstrapHost, changes: object = {}) => ({
  model: 'on-premises',
  os: 'linux',
  stackVersion: '9.5.2',
  fleetUrl: 'https://fleet.example.com:8220',
  fleetEnrollmentToken: 'of-fleet',
  directory: made.directory,
  ...changes,
});

/** The flags of `elastic-agent` for {@link deploymentOf}. */
const flagsOf = ({ directory }: BootstrapHost) =>
  `--url=https://fleet.example.com:8220 --enrollment-token=of-fleet --certificate-authorities=${directory}/ca.crt --elastic-agent-cert=${directory}/agent.crt --elastic-agent-cert-key=${directory}/agent.key`;

const PLACED = [
  'agent.crt',
  'agent.key',
  'ca.crt',
  'fleetseal.conf',
  'pairs',
  'pairs/current',
  'rotate.sh',
  'service-ca.crt',
];
const WITH_DEPLOYMENT = [...PLACED, 'deployment.json'].sort();

describe.each(USERLANDS)('in $name', ({ shell, path }) => {
  test('from the download to a handshake that both sides accept', async () => {
    const [agent, server] = [await host(), await host()];
    const run = async (made: BootstrapHost, token: string, args: readonly string[]) => {
      const environment = { PATH: `${made.bin}:${path(made.root)}`, FLEETSEAL_TOKEN: token };
      return made.run([...(await made.arguments()), ...args], { shell, environment });
    };
    agent.recorded('elastic-agent');
    const name = drawName();
    const deployment = agent.file('deployment.json', deploymentOf(agent));
    expect(await run(agent, await cloud.token(), ['--name', name, '--deployment', deployment])).toEqual({
      code: 0,
      stdout: '',
      stderr: `fleetseal: enrolling ${name} at ${cloud.local.url}/v1
fleetseal: the certificate of agent ${name} is in place: ${agent.directory}/agent.crt, valid until ${validUntil(agent)}
fleetseal: running elastic-agent enroll
`,
    });
    expect(agent.calls('elastic-agent')).toEqual([`enroll --force ${flagsOf(agent)}`]);
    expect(agent.files).toEqual(WITH_DEPLOYMENT);
    expect(
      ['agent.crt', 'agent.key', 'ca.crt', 'rotate.sh', 'deployment.json', '.'].map((file) =>
        agent.mode(file),
      ),
    ).toEqual(['644', '600', '644', '755', '600', '755']);

    const names = { commonName: 'fleet-*', dns: ['localhost'] };
    const token = await cloud.token({ profile: 'fleet-server', names });
    expect(
      await run(server, token, ['--name', drawName().replace('host', 'fleet'), '--dns-name', 'localhost']),
    ).toMatchObject({ code: 0 });
    expect(await handshake(agent.directory, server.directory)).toEqual({
      client: 'Verify return code: 0 (ok)',
      served: true,
    });
  });

  test('a service with another trust bundle is refused, before it gets the token', async () => {
    const made = await host();
    const token = await cloud.token();
    const args = (await made.arguments()).map((word) =>
      /^[0-9a-f]{64}$/.test(word) ? 'ab'.repeat(32) : word,
    );
    const environment = { PATH: `${made.bin}:${path(made.root)}`, FLEETSEAL_TOKEN: token };
    expect(await made.run([...args, '--name', drawName()], { shell, environment })).toEqual({
      code: 3,
      stdout: '',
      stderr: `fleetseal: ${cloud.local.url}/v1 has a trust bundle with the fingerprint ${await made.trust()}, but --trust-sha256 is ${'ab'.repeat(32)}
fleetseal: this is another service, or its roots have changed since: compare with what "fleetseal trust" prints on a machine that you trust
`,
    });
    expect(made.files).toEqual([]);
    expect(await cloud.uses(token)).toBe(0);
  });
});

/** Of the certificate that a run has just put in place, as the service writes it. */
function validUntil(made: BootstrapHost): string {
  return `${new Date(made.certificate.validTo).toISOString().slice(0, 19)}Z`;
}

/** A run in sh, with a token of its own and a new name. */
async function run(
  made: BootstrapHost,
  args: readonly string[] = [],
  options: BootstrapOptions & { token?: string } = {},
) {
  const { token = await cloud.token(), environment = {}, ...others } = options;
  const name = args.includes('--name') ? [] : ['--name', drawName()];
  return made.run([...(await made.arguments()), ...name, ...args], {
    ...others,
    environment: { FLEETSEAL_TOKEN: token, ...environment },
  });
}

describe('with the programs of other systems,', () => {
  test.each(['p256', 'rsa2048'])('LibreSSL and curl 7.61, a key of type %s', async (type) => {
    const made = await host();
    libressl(made.bin);
    curl761(made.bin);
    expect(await run(made, ['--key-type', type])).toMatchObject({ code: 0 });
    expect(made.usable).toBe(true);
  });
});

describe('a service that is not what it should be', () => {
  test('is refused where its TLS certificate is not trusted, with the way out', async () => {
    const made = await host();
    const args = (await made.arguments()).filter((word) => word !== '--cacert' && word !== made.caFile);
    const { code, stderr } = await made.run(args, { environment: { FLEETSEAL_TOKEN: await cloud.token() } });
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(
        /^fleetseal: cannot fetch the trust bundle of .*: \(60\) .*\nfleetseal: the service's TLS certificate is not trusted here: name its CA file with --cacert, and check the clock of this host, which says 20.*Z\n$/,
      ),
    ]);
  });

  test('is given up after 40 tries where it cannot be reached, with waits from 0 to 60 seconds', async () => {
    const made = await host();
    const args = (await made.arguments()).map((word) =>
      word.startsWith('https:') ? 'https://127.0.0.1:1/v1' : word,
    );
    const environment = { FLEETSEAL_TOKEN: await cloud.token() };
    const { code, stderr } = await made.run([...args, '--start-delay', '30'], { environment });
    expect([code, stderr]).toEqual([
      5,
      expect.stringMatching(/gave up after 40 tries; run this again later, it goes on where it stopped\n$/),
    ]);
    const [delay = 0, ...waits] = made.calls('sleep').map(Number);
    expect(delay).toBeLessThanOrEqual(30);
    expect([waits.length, Math.max(...waits) <= 60]).toEqual([39, true]);
  });

  test.each([
    {
      name: 'a token that it does not know',
      args: [],
      token: `fst_${'a'.repeat(16)}_${'b'.repeat(43)}`,
      words:
        'cannot enroll: The bootstrap token is not valid: it may be mistyped, expired, spent or revoked. Ask an administrator for a new one (POST /v1/tokens). (401 token_rejected)',
    },
    {
      name: 'a name that the token does not allow',
      args: ['--name', 'db-1'],
      token: undefined,
      words:
        'cannot enroll: This bootstrap token allows names of the form "host-*". Request a name that it allows, or use another token. (422 name_not_allowed)',
    },
  ])('says why it refuses $name', async ({ args, token, words }) => {
    const made = await host();
    const { code, stderr } = await run(made, args, token === undefined ? {} : { token });
    expect([code, stderr]).toEqual([4, expect.stringMatching(/^fleetseal: enrolling .*\n/)]);
    expect(stderr.split('\n').slice(1)).toEqual([`fleetseal: ${words}`, '']);
    expect(made.calls('sleep')).toEqual([]);
  });

  test('says every field that it refuses', async () => {
    const made = await host();
    const file = made.file(
      'deployment.json',
      deploymentOf(made, { fleetUrl: 'http://fleet', agent: { tags: [1] }, more: 1 }),
    );
    const { code, stderr } = await run(made, ['--deployment', file]);
    expect(code).toBe(4);
    expect(stderr).toMatch(/\n {2}deployment\/agent\/tags\/0: .*\n/);
    expect(stderr).toMatch(/\n {2}deployment\/more: .*\n/);
  });
});

describe('a response that is lost', () => {
  test('is asked for again with the same key, and no second certificate is issued', async () => {
    const made = await host();
    const token = await cloud.token();
    made.program(
      'curl',
      `PATH=${process.env['PATH']}; curl "$@"; code=$?
case "$*" in */enroll) [ -e '${made.root}/lost' ] || { : >'${made.root}/lost'; exit 56; } ;; esac
exit $code`,
    );
    const name = drawName();
    expect(await run(made, ['--name', name], { token })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/cannot enroll yet: .*; trying again in \d+ s \(try 1 of 40\)\n/),
    });
    expect(made.usable).toBe(true);
    expect((await cloud.certificates({ name })).map(({ serialNumber }) => serialNumber)).toEqual([
      made.serial,
    ]);
    expect(await cloud.uses(token)).toBe(1);
  });

  test('leaves the key for the next run', async () => {
    const made = await host();
    const [token, name] = [await cloud.token(), drawName()];
    const real = `PATH=${process.env['PATH']}; exec curl "$@"`;
    made.program(
      'curl',
      `case "$*" in */enroll) PATH=${process.env['PATH']}; curl "$@"; exit 23 ;; esac\n${real}`,
    );
    expect(await run(made, ['--name', name], { token })).toMatchObject({ code: 5 });
    const key = made.read('pairs/pending/key');
    made.program('curl', real);
    expect(await run(made, ['--name', name], { token })).toMatchObject({ code: 0 });
    expect(made.read('agent.key')).toBe(key);
    expect(await cloud.uses(token)).toBe(1);
  });
});

describe('a deployment', () => {
  test('that says no directory is refused with another one than the default, before the token is used', async () => {
    const made = await host();
    const token = await cloud.token();
    const file = made.file('deployment.json', deploymentOf(made, { directory: undefined }));
    expect(await run(made, ['--deployment', file], { token })).toMatchObject({
      code: 2,
      stderr: `fleetseal: --directory is ${made.directory}, but ${file} has no directory: put "directory": "${made.directory}" into it, and leave --directory out\n`,
    });
    expect(await cloud.uses(token)).toBe(0);
  });

  test.each([
    {
      name: 'is corrected',
      corrected: { fleetEnrollmentToken: 'right' },
      agent: 'the command has the new one',
    },
    { name: 'is left out', corrected: undefined, agent: 'there is no command' },
  ])('that $name after a run that stopped: $agent, for the same certificate', async ({ corrected }) => {
    const made = await host();
    const [token, name] = [await cloud.token(), drawName()];
    const file = made.file('deployment.json', deploymentOf(made, { fleetEnrollmentToken: 'wrong' }));
    made.program('elastic-agent', 'exit 1');
    expect(await run(made, ['--name', name, '--deployment', file], { token })).toMatchObject({ code: 1 });
    const { serial } = made;
    made.recorded('elastic-agent');
    if (corrected !== undefined) made.file('deployment.json', deploymentOf(made, corrected));
    const again = corrected === undefined ? [] : ['--deployment', file];
    expect(await run(made, ['--name', name, ...again], { token })).toMatchObject({ code: 0 });
    expect(made.serial).toBe(serial);
    expect(await cloud.uses(token)).toBe(1);
    expect(made.calls('elastic-agent')).toEqual(
      corrected === undefined ? [] : [`enroll --force ${flagsOf(made).replace('of-fleet', 'right')}`],
    );
  });
});

describe('the command for Elastic Agent', () => {
  const withDeployment = (made: BootstrapHost, changes?: object) => [
    '--deployment',
    made.file('deployment.json', deploymentOf(made, changes)),
  ];

  test('is printed with --dry-run, and nothing else is', async () => {
    const made = await host();
    made.recorded('elastic-agent');
    expect(await run(made, [...withDeployment(made), '--dry-run'])).toMatchObject({
      code: 0,
      stdout: `elastic-agent enroll --force ${flagsOf(made)}\n`,
    });
    expect(made.calls('elastic-agent')).toEqual([]);
    expect(made.files).toEqual(WITH_DEPLOYMENT);
  });

  test('is followed by the script that sets the variable of the directory', async () => {
    const made = await host();
    made.recorded('elastic-agent');
    const asked = [...withDeployment(made, { directoryVariable: 'FLEETSEAL_DIR' }), '--dry-run'];
    const { code, stdout } = await run(made, asked);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^elastic-agent enroll --force .*\n# Then, as root:\n\(\nset -eu\n/);
    expect(stdout).toContain(`\nname=FLEETSEAL_DIR\nvalue=${made.directory}\n`);
    expect(made.calls('systemctl')).toEqual([]);
  });

  test('is install where the archive is unpacked', async () => {
    const made = await host();
    const archive = join(made.root, 'elastic-agent-9.5.2');
    made.recorded('elastic-agent', '', archive);
    expect(await run(made, [...withDeployment(made), '--agent', archive])).toMatchObject({ code: 0 });
    expect(made.calls('elastic-agent')).toEqual([`install --non-interactive ${flagsOf(made)}`]);
  });

  test('is not run where any user may have put the agent', async () => {
    const made = await host();
    const archive = join(made.root, 'shared');
    made.recorded('elastic-agent', '', archive);
    chmodSync(archive, 0o1777);
    const { code, stdout, stderr } = await run(made, [...withDeployment(made), '--agent', archive]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('./elastic-agent install')]);
    expect(stderr).toContain(
      `fleetseal: not running ${archive}/elastic-agent, which any user may have put there: move it to a directory of yours\n`,
    );
    expect(made.calls('elastic-agent')).toEqual([]);
  });

  test('is printed, both ways, where there is no agent; in the log of a tool without the token of Fleet', async () => {
    const made = await host();
    const { code, stdout } = await run(made, withDeployment(made));
    const flags = flagsOf(made).replace('of-fleet', '{{FLEET_ENROLLMENT_TOKEN}}');
    expect([code, stdout]).toEqual([
      0,
      `# In the directory of the unpacked archive:
./elastic-agent install --non-interactive ${flags}
# Or where Elastic Agent is installed from a package:
systemctl enable --now elastic-agent
elastic-agent enroll --force ${flags}
`,
    ]);
  });

  test('is printed for a package only, where the kit says that one installs the agent', async () => {
    const made = await host();
    const archive = join(made.root, 'unpacked');
    made.recorded('elastic-agent', '', archive);
    const asked = [...withDeployment(made, { agent: { fromPackage: true } }), '--agent', archive];
    const flags = flagsOf(made).replace('of-fleet', '{{FLEET_ENROLLMENT_TOKEN}}');
    expect(await run(made, asked)).toMatchObject({
      code: 0,
      stdout: `# Where Elastic Agent is installed from a package:
systemctl enable --now elastic-agent
elastic-agent enroll --force ${flags}
`,
    });
    expect(made.calls('elastic-agent')).toEqual([]);
  });

  test.each([
    { name: 'headers for Fleet Server', agent: { headers: { 'X-Key': 'hush' } } },
    { name: "the proxy's login", agent: { proxy: { url: 'http://me:hush@proxy.example.com' } } },
    { name: 'headers for the proxy', agent: { proxy: { headers: { 'X-Key': 'hush' } } } },
  ])('is not in the log of a tool where it has $name, but where it was asked for', async ({ agent }) => {
    const made = await host();
    const args = [...withDeployment(made, { agent }), '--name', drawName()];
    const logged = await run(made, args);
    expect([logged.code, logged.stdout]).toEqual([0, '']);
    expect(logged.stderr).toContain(
      'fleetseal: there is no Elastic Agent here that could be enrolled. Its command has headers or the login of a proxy, which do not belong in a log: to see it, run this on a terminal with --again --dry-run, and a token with onExistingName "replace"\n',
    );
    expect(logged.stderr).not.toContain('hush');
    const token = await cloud.token({ onExistingName: 'replace' });
    const asked = await run(made, [...args, '--again', '--dry-run'], { token });
    expect([asked.code, asked.stdout]).toEqual([0, expect.stringContaining('hush')]);
  });

  test('runs again, without a token, after it has failed', async () => {
    const made = await host();
    made.recorded('elastic-agent', 'echo "Error: fail to enroll"; exit 1');
    const args = [...withDeployment(made), '--name', drawName()];
    const failed = await run(made, args);
    expect([failed.code, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr.split('\n').slice(-4)).toEqual([
      'Error: fail to enroll',
      'fleetseal: elastic-agent failed, as it says above',
      'fleetseal: run the same line again when that is mended: it goes on here',
      '',
    ]);
    const { serial } = made;
    made.recorded('elastic-agent');
    expect(await run(made, args, { token: '' })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^fleetseal: going on with the certificate of an earlier run\n/),
    });
    expect(made.serial).toBe(serial);
    expect(made.files).toEqual(WITH_DEPLOYMENT);
    expect(await run(made, args, { token: '' })).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(
        /^fleetseal: nothing to do: .* valid until .*\. To replace it, add --again\n$/,
      ),
    });
    expect(made.calls('elastic-agent')).toHaveLength(2);
  });

  test('of an agent without privileges runs as its account, whose group is created and may read the key', async () => {
    const made = await host();
    made.recorded('elastic-agent');
    made.recorded('groupadd');
    made.recorded('getent', 'exit 2');
    made.recorded('sudo', 'shift 2; exec "$@"');
    const agent = { unprivileged: true, group: 'no-such-group' };
    expect(await run(made, withDeployment(made, { agent }))).toMatchObject({ code: 0 });
    expect(made.calls('groupadd')).toEqual(['--system no-such-group']);
    expect(made.calls('chown')).toContainEqual(expect.stringMatching(/^root:no-such-group /));
    expect(made.mode('agent.key')).toBe('640');
    // sudo logs its arguments.
    expect(made.calls('sudo')).toEqual(['-u elastic-agent-user sh -s']);
    expect(made.calls('elastic-agent')).toEqual([expect.stringMatching(/^enroll .*=of-fleet /)]);
    expect(made.read('fleetseal.conf')).toContain("AGENT_USER='elastic-agent-user'\n");
  });
});

describe('the files', () => {
  test('of an encrypted key are the key, its passphrase, and nothing unencrypted', async () => {
    const made = await host();
    const keyPassphraseFile = join(made.directory, 'agent.pass');
    const deployment = made.file('deployment.json', deploymentOf(made, { keyPassphraseFile }));
    expect(await run(made, ['--deployment', deployment])).toMatchObject({ code: 0 });
    expect(made.read('agent.key')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(made.read('agent.pass')).toMatch(/^[0-9a-f]{64}$/);
    expect(made.mode('agent.pass')).toBe('600');
    expect(made.files).toEqual([...WITH_DEPLOYMENT, 'agent.pass'].sort());
    expect(made.read('fleetseal.conf')).toContain(`PASSPHRASE_FILE='${keyPassphraseFile}'\n`);
  });

  test('have no token: neither that of the service nor the one of Fleet, nor has an argument of a program', async () => {
    const made = await host();
    const token = await cloud.token();
    // Every program that the script finds in the PATH writes its arguments down.
    made.program('curl', `echo "$*" >>'${made.root}/argv'; PATH=${process.env['PATH']}; exec curl "$@"`);
    made.program(
      'openssl',
      `echo "$*" >>'${made.root}/argv'; PATH=${process.env['PATH']}; exec openssl "$@"`,
    );
    made.recorded('elastic-agent');
    const deployment = made.file('deployment.json', deploymentOf(made));
    const args = ['--deployment', deployment, '--token-file', '-'];
    expect(await run(made, args, { token: '', input: `${token}\n` })).toMatchObject({ code: 0 });
    const kept = ['agent.crt', 'ca.crt', 'fleetseal.conf', 'deployment.json', 'rotate.sh'].map((file) =>
      made.read(file),
    );
    const argv = readFileSync(join(made.root, 'argv'), 'utf8');
    for (const text of [...kept, argv]) {
      expect(text).not.toContain(token);
      expect(text).not.toContain('of-fleet');
    }
  });

  test('are not written into a directory that others may write to', async () => {
    const made = await host();
    mkdirSync(made.directory);
    chmodSync(made.directory, 0o777);
    expect(await run(made)).toEqual({
      code: 1,
      stdout: '',
      stderr: `fleetseal: ${made.directory} may be written to by other users, who could replace the key: run chmod go-w ${made.directory}\n`,
    });
    expect(made.files).toEqual([]);
  });

  test('below a directory that others may write to are put in place by root with a warning', async () => {
    const made = await host();
    chmodSync(made.root, 0o777);
    const above = realpathSync(made.root);
    made.program('id', `[ "$*" != -u ] || { echo 0; exit; }; PATH=/usr/bin:/bin exec id "$@"`);
    const { code, stderr } = await run(made);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(
        `fleetseal: ${above} may be written to by other users, who can replace ${made.directory}: run chmod go-w ${above}, or name another --directory\n`,
      ),
    ]);
    // The sticky bit keeps them from that.
    expect(stderr).not.toContain('fleetseal: /tmp may');
  });

  test('of another host are not replaced, but with --again', async () => {
    const made = await host();
    await run(made, ['--name', 'host-first']);
    const { serial } = made;
    const refused = await run(made, ['--name', 'host-second']);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      `fleetseal: ${made.directory} has the certificate of host-first, and not of host-second: name another --directory, or replace it with --again\n`,
    ]);
    expect(made.serial).toBe(serial);
    expect(await run(made, ['--name', 'host-second', '--again'])).toMatchObject({ code: 0 });
    expect(made.certificate.subject).toBe('CN=host-second');
  });

  test('that lie there already stay, as a pair, until the new ones replace them', async () => {
    const made = await host();
    mkdirSync(made.directory);
    made.file('etc/agent.crt', 'old certificate');
    made.file('etc/agent.key', 'old key');
    expect(await run(made)).toMatchObject({ code: 0 });
    expect(made.usable).toBe(true);
    const [old] = made.files.filter((name) => name.startsWith('pairs/adopted-'));
    expect(made.read(`${old}/agent.key`)).toBe('old key');
  });
});

test('the line of a new token enrolls a host, and no argument of a program has the token', async () => {
  const made = await host();
  const name = drawName();
  const { json } = await cloud.admin('POST', '/v1/tokens', { profile: 'agent', names: { commonName: name } });
  made.recorded('sudo', 'exec "$@"');
  // Not this machine's directory and timer.
  const line = `${textAt(json, 'bootstrap')} --directory ${made.directory} --no-timer`;
  const script = made.file('line.sh', `cd '${made.root}'\n${line}\n`);
  const { code, stdout } = await made.run([], { script, environment: { CURL_CA_BUNDLE: made.caFile } });
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^SHA2-256\(\S+\)= [0-9a-f]{64}\n$/)]);
  expect(made.certificate.subject).toBe(`CN=${name}`);
  expect(made.calls('sudo').join()).not.toContain(textAt(json, 'token'));
  const other = made.file('other.sh', readFileSync(script, 'utf8').replace(/grep ./, 'grep x'));
  const refused = await made.run([], { script: other, environment: { CURL_CA_BUNDLE: made.caFile } });
  expect(refused).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^\/\S+ is another script than this line was made for\n$/),
  });
});

test('two runs at once issue one certificate', async () => {
  const made = await host();
  const [token, name] = [await cloud.token({ maxUses: 2 }), drawName()];
  made.program('sleep', `PATH=${process.env['PATH']}; exec sleep 0.1`);
  const ran = await Promise.all([0, 1].map(() => run(made, ['--name', name], { token })));
  expect(ran.map(({ code }) => code)).toEqual([0, 0]);
  expect(ran.map(({ stderr }) => stderr).join('')).toContain('nothing to do: ');
  expect(await cloud.certificates({ name })).toHaveLength(1);
  expect(await cloud.uses(token)).toBe(1);
});

test('the renewal is scheduled by rotate.sh, once everything else is done', async () => {
  const made = await host();
  made.program(
    'sh',
    `case "$*" in *--install-timer*) echo "$*" >>'${made.root}/sh.log'; exit 0 ;; esac; exec /bin/sh "$@"`,
  );
  const args = (await made.arguments()).filter((word) => word !== '--no-timer');
  const environment = { FLEETSEAL_TOKEN: await cloud.token() };
  expect(await made.run([...args, '--name', drawName()], { environment })).toMatchObject({ code: 0 });
  expect(made.calls('sh')).toEqual([
    `${made.directory}/rotate.sh --directory ${made.directory} --install-timer`,
  ]);
});

test('a renewal that could not be scheduled is scheduled by the next run, which enrolls no agent again', async () => {
  const made = await host();
  made.recorded('elastic-agent');
  const deployment = made.file('deployment.json', deploymentOf(made));
  const args = (await made.arguments()).filter((word) => word !== '--no-timer');
  const all = [...args, '--name', drawName(), '--deployment', deployment];
  const timer = (code: number) =>
    made.program('sh', `case "$*" in *--install-timer*) exit ${code} ;; esac; exec /bin/sh "$@"`);
  timer(1);
  const environment = { FLEETSEAL_TOKEN: await cloud.token() };
  expect(await made.run(all, { environment })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      `\nfleetseal: or add --no-timer, and run ${made.directory}/rotate.sh every hour yourself\n`,
    ),
  });
  timer(0);
  expect(await made.run(all)).toMatchObject({ code: 0 });
  expect(made.calls('elastic-agent')).toHaveLength(1);
  expect(await made.run(all)).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing to do') });
});

test('what an earlier run has left is not taken for another name', async () => {
  const made = await host();
  made.program('sh', 'case "$*" in *--install-timer*) exit 1 ;; esac; exec /bin/sh "$@"');
  const args = (await made.arguments()).filter((word) => word !== '--no-timer');
  const environment = { FLEETSEAL_TOKEN: await cloud.token({ maxUses: 2 }) };
  const [first, second] = [drawName(), drawName()];
  expect((await made.run([...args, '--name', first], { environment })).code).toBe(1);
  const again = await made.run([...args, '--name', first], { environment });
  expect(again.stderr).toContain('going on with the certificate of an earlier run');
  const { code, stderr } = await made.run([...args, '--name', second], { environment });
  expect([code, stderr]).toEqual([1, expect.stringContaining('trying again with a new key')]);
  expect([made.usable, made.certificate.subject]).toEqual([true, `CN=${second}`]);
});

test('rotate.sh takes over what bootstrap.sh has left', async () => {
  const made = await host();
  const name = drawName();
  await run(made, ['--name', name]);
  const rotate = await made.run(['--status'], { script: join(made.directory, 'rotate.sh') });
  expect(rotate).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`agent ${name} (${made.serial}): valid until`),
  });
});

test('rotate.sh renews a host whose deployment breaks a rule that came later', async () => {
  const made = await host();
  const deployment = made.file('deployment.json', deploymentOf(made));
  await run(made, ['--name', drawName(), '--deployment', deployment]);
  const first = made.serial;
  made.recorded('elastic-agent');
  const kept = join(made.directory, 'deployment.json');
  writeFileSync(kept, JSON.stringify(deploymentOf(made, { directory: '/tmp/tls' })));
  expect(await made.run(['--now'], { script: join(made.directory, 'rotate.sh') })).toMatchObject({
    code: 0,
    stderr: expect.stringContaining(
      `fleetseal: cannot renew: directory is below /tmp, which the system empties now and then: use another place, for example /etc/fleetseal (422 deployment_refused)\nfleetseal: renewing without ${kept}: correct it\n`,
    ),
  });
  expect([made.usable, made.serial === first]).toEqual([true, false]);
  expect(made.calls('elastic-agent')).toContain('restart');
});
