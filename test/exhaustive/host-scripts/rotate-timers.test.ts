import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { RenewalService } from '../../support/hosts/renewal-service.ts';
import { type HostOptions, RotatingHost } from '../../support/hosts/rotating-host.ts';

let service: RenewalService;
const hosts: RotatingHost[] = [];
beforeAll(async () => {
  service = await RenewalService.start();
});
afterEach(() => {
  for (const host of hosts.splice(0)) host.remove();
});
afterAll(() => service.stop());

/** A host whose schedulers are directories of its own, and programs that note how they are called. */
function host(has: readonly string[], options: HostOptions = {}) {
  const made = new RotatingHost(service, options);
  hosts.push(made);
  const places = Object.fromEntries(
    ['units', 'systemd', 'daemons', 'cron'].map((name) => [name, join(made.root, name)]),
  );
  const script = Object.entries(places).reduce(
    (text, [name, path]) => text.replace(new RegExp(`^${name}=/.*$`, 'm'), `${name}=${path}`),
    made.read('rotate.sh'),
  );
  made.write('rotate.sh', script, 0o755);
  for (const name of has) mkdirSync(places[name] ?? '');
  for (const program of ['systemctl', 'launchctl'])
    made.program(program, `echo "$*" >>'${made.root}/${program}'`);
  made.program(
    'crontab',
    `case $1 in -l) cat '${made.root}/table' 2>/dev/null || { echo 'no crontab for root' >&2; exit 1; } ;; *) cp "$1" '${made.root}/table' ;; esac`,
  );
  made.program('logger', `cat >>'${made.root}/logged'`);
  made.program('uname', `echo ${has.includes('daemons') ? 'Darwin' : 'Linux'}`);
  const name = `fleetseal-rotate${made.directory.replaceAll(/[/._]/g, '-')}`;
  return {
    made,
    name,
    read: (place: string, file: string) => readFileSync(join(places[place] ?? '', file), 'utf8'),
    files: (place: string) => readdirSync(places[place] ?? '').sort(),
  };
}

describe('--install-timer', () => {
  test('writes a timer of systemd and its service, and starts it', async () => {
    const { made, name, read, files } = host(['units', 'systemd', 'cron']);
    expect(await made.run(['--install-timer'])).toEqual({
      code: 0,
      stdout: '',
      stderr: `fleetseal: ${made.script} runs every 60 minutes: systemctl list-timers ${name}.timer\n`,
    });
    expect(files('units')).toEqual([`${name}.service`, `${name}.timer`]);
    expect(read('units', `${name}.service`)).toContain(
      `\nType=oneshot\nExecStart=/bin/sh ${made.script} --directory ${made.directory}\n`,
    );
    expect(read('units', `${name}.timer`)).toContain('\nOnUnitInactiveSec=3600\nRandomizedDelaySec=360\n');
    expect(statSync(join(made.root, 'units', `${name}.timer`)).mode & 0o777).toBe(0o644);
    // systemd's own reader, where this machine has it.
    const judged = spawnSync('systemd-analyze', ['verify', join(made.root, 'units', `${name}.timer`)], {
      encoding: 'utf8',
    });
    expect(`${judged.stderr ?? ''}`).not.toContain(made.root);
    expect(made.log('systemctl')).toEqual(['daemon-reload', `enable --now --quiet ${name}.timer`]);
    expect(files('cron')).toEqual([]);
  });

  test('writes a line of cron where there is no systemd, at a minute of the host', async () => {
    const { made, name, read, files } = host(['cron']);
    expect((await made.run(['--install-timer'])).code).toBe(0);
    expect(files('cron')).toEqual([name]);
    const line = new RegExp(
      `^([0-9]|[1-5][0-9]) \\* \\* \\* \\* root /bin/sh ${made.script} --directory ${made.directory} 2>&1 \\| logger -t ${name} # ${name}\\n$`,
    );
    expect(read('cron', name)).toMatch(line);
  });

  test('has the system log keep the messages of cron, where there is one', async () => {
    const { made, name, read } = host(['cron']);
    expect(await made.run(['--install-timer'])).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(new RegExp(`, messages in the system log as ${name}\n$`)),
    });
    expect(read('cron', name)).toContain(` 2>&1 | logger -t ${name} # ${name}\n`);
    // As cron runs it.
    made.write('agent.crt', 'nonsense');
    const command = read('cron', name).replace(/^.* root /, '');
    spawnSync('/bin/sh', ['-c', command], { env: { PATH: `${made.bin}:${process.env['PATH']}` } });
    expect(made.log('logged')).toEqual([expect.stringContaining('cannot be read as a certificate')]);
  });

  test('leaves them to the mail of cron where there is none, and says so', async () => {
    const { made, name, read } = host(['cron']);
    made.write('rotate.sh', made.read('rotate.sh').replaceAll('command -v logger', 'false'), 0o755);
    expect((await made.run(['--install-timer'])).stderr).toMatch(/, messages by mail of cron\n$/);
    expect(read('cron', name)).toContain(`--directory ${made.directory} # ${name}\n`);
  });

  test('leaves a table that cannot be read as it is', async () => {
    const { made } = host([]);
    made.program(
      'crontab',
      `case $1 in -l) echo 'crontab: denied' >&2; exit 1 ;; esac; : >'${made.root}/table'`,
    );
    expect(await made.run(['--install-timer'])).toMatchObject({
      code: 1,
      stderr:
        'fleetseal: cannot read the table of crontab -l, which other jobs are in, too: crontab: denied\n',
    });
    expect(made.log('table')).toEqual([]);
  });

  test('adds a line to the table of the user who has no directory of cron, once, and keeps the others', async () => {
    const { made, name } = host([]);
    await made.run(['--install-timer']);
    writeFileSync(join(made.root, 'table'), `@daily /bin/other\n${made.log('table').join('\n')}\n`);
    const { code, stderr } = await made.run(['--install-timer']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('a line of crontab -l')]);
    expect(made.log('table')).toEqual([
      '@daily /bin/other',
      expect.stringMatching(new RegExp(`^\\d+ \\* \\* \\* \\* /bin/sh ${made.script} .* # ${name}$`)),
    ]);
  });

  test('writes a job of launchd on macOS', async () => {
    const { made, name, read } = host(['daemons']);
    expect((await made.run(['--install-timer'])).code).toBe(0);
    const list = read('daemons', `${name}.plist`);
    expect(list).toContain(
      `<array><string>/bin/sh</string><string>${made.script}</string><string>--directory</string><string>${made.directory}</string></array>`,
    );
    expect(list).toContain('<key>StartInterval</key><integer>3600</integer>');
    expect(made.log('launchctl')).toEqual([
      `bootout system/${name}`,
      `bootstrap system ${join(made.root, 'daemons', `${name}.plist`)}`,
    ]);
  });

  test.each([
    { days: 30, every: '60 minutes' },
    { days: 1, every: '28 minutes' },
  ])('follows the life of the certificate: $days days, every $every', async ({ days, every }) => {
    const { made } = host(['cron'], { days });
    expect((await made.run(['--install-timer'])).stderr).toContain(`runs every ${every}: `);
  });

  test('names the directory absolutely, since schedulers start elsewhere', async () => {
    const { made, name, read } = host(['cron']);
    expect(await made.run(['--install-timer', '--directory', made.directory.slice(1)])).toMatchObject({
      code: 0,
    });
    expect(read('cron', name)).toContain(` --directory ${made.directory} `);
  });

  test('says what to do where nothing can run it', async () => {
    const { made } = host([]);
    const script = made.read('rotate.sh').replace('command -v crontab', 'command -v no-such-program');
    made.write('rotate.sh', script, 0o755);
    expect(await made.run(['--install-timer'])).toMatchObject({
      code: 1,
      stderr: `fleetseal: there is no systemd, launchd or cron here that this user may use: run ${made.script} every 60 minutes yourself\n`,
    });
  });
});

describe('the last line of --status', () => {
  const lastLine = async (made: RotatingHost) => {
    const { code, stdout } = await made.run(['--status']);
    expect(code).toBe(0);
    return stdout.split('\n').at(-2) ?? '';
  };
  /** Minutes from now. */
  const minutesTo = (line: string) => (Date.parse(/at (\S+)/.exec(line)?.[1] ?? '') - Date.now()) / 60_000;

  test('says that nothing runs the script, and the ways out', async () => {
    const { made } = host(['units', 'systemd']);
    expect(await lastLine(made)).toBe(
      `not scheduled: run ${made.script} --install-timer, or run it every hour yourself`,
    );
  });

  test.each([
    {
      name: 'the next time',
      listed: () =>
        `Sat ${new Date(Date.now() + 1_830_000).toISOString().slice(0, 19).replace('T', ' ')} UTC 30min left n/a n/a`,
      says: /^scheduled: \S+\.timer, next run at 20\S+Z \(in 30 minutes\)$/,
    },
    {
      name: 'that it runs now',
      listed: () => 'n/a n/a Sat 2026-11-28 12:00:00 UTC',
      says: /\.timer, which runs now$/,
    },
    {
      name: 'that it was stopped',
      listed: () => '',
      says: /^not scheduled: (\S+\.timer) is stopped, run systemctl enable --now \1$/,
    },
  ])('has $name of a timer of systemd', async ({ listed, says }) => {
    const { made } = host(['units', 'systemd']);
    await made.run(['--install-timer']);
    made.program('systemctl', `echo '${listed()}' | grep .`);
    expect(await lastLine(made)).toMatch(says);
  });

  test.each([
    { place: 'cron', has: ['cron'], days: 30, within: 60 },
    { place: 'a line of crontab -l', has: [], days: 30, within: 60 },
    { place: 'cron', has: ['cron'], days: 1, within: 29 },
  ])('has the next time of $place for $days days', async ({ place, has, days, within }) => {
    const { made } = host(has, { days });
    await made.run(['--install-timer']);
    const line = await lastLine(made);
    expect(line).toMatch(
      new RegExp(`^scheduled: .*${place}.*, next run at 20\\S+:00Z \\(in \\d+ (minutes|seconds)\\)$`),
    );
    expect(minutesTo(line)).toBeLessThanOrEqual(within);
  });

  test('has the interval of a job of launchd, and says where it is not loaded', async () => {
    const { made, name } = host(['daemons']);
    await made.run(['--install-timer']);
    expect(await lastLine(made)).toBe(`scheduled: launchd job ${name}, every 60 minutes`);
    made.program('launchctl', 'exit 1');
    expect(await lastLine(made)).toMatch(
      /^not scheduled: launchd job \S+ is not loaded, run launchctl bootstrap /,
    );
  });
});

describe('--remove-timer', () => {
  test.each([['units', 'systemd'], ['cron'], ['daemons'], []])(
    'takes away what was installed: %s %s',
    async (...has) => {
      const { made, name, files } = host(has.filter((place) => place !== undefined));
      await made.run(['--install-timer']);
      expect(await made.run(['--remove-timer'])).toEqual({
        code: 0,
        stdout: '',
        stderr: `fleetseal: ${made.script} is not scheduled\n`,
      });
      for (const place of has) if (place !== 'systemd') expect(files(place)).toEqual([]);
      expect(existsSync(join(made.root, 'table')) ? made.log('table') : []).toEqual([]);
      if (has.includes('units'))
        expect(made.log('systemctl')).toContain(`disable --now --quiet ${name}.timer`);
    },
  );
});
