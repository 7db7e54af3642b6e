import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
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
    `case $1 in -l) cat '${made.root}/table' 2>/dev/null ;; -) cat >'${made.root}/table.new'; mv '${made.root}/table.new' '${made.root}/table' ;; esac`,
  );
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
      `^([0-9]|[1-5][0-9]) \\* \\* \\* \\* root /bin/sh ${made.script} --directory ${made.directory} # ${name}\\n$`,
    );
    expect(read('cron', name)).toMatch(line);
  });

  test('adds a line to the table of the user who has no directory of cron, once, and keeps the others', async () => {
    const { made, name } = host([]);
    await made.run(['--install-timer']);
    const { code, stderr } = await made.run(['--install-timer']);
    expect([code, stderr]).toEqual([0, expect.stringContaining('a line of crontab -l')]);
    expect(made.log('table')).toEqual([
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

  test('says what to do where nothing can run it', async () => {
    const { made } = host([]);
    const script = made.read('rotate.sh').replace('command -v crontab', 'command -v no-such-program');
    made.write('rotate.sh', script, 0o755);
    expect(await made.run(['--install-timer'])).toMatchObject({
      code: 1,
      stderr: `fleetseal: there is no systemd, launchd or cron here: run ${made.script} every 60 minutes yourself\n`,
    });
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
