import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withVariables } from '../../../shared/elastic/syntax/script.ts';
import { kitFor } from '../elastic/outputs/kits.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fleetseal-service-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (...names: readonly string[]) => join(root, ...names);

function write(name: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
}

const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined);

/** A program that notes how it is called, and then does what the lines say. */
const program = (name: string, lines = '') =>
  write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >>'${at('calls')}'\n${lines}\n`, 0o755);

/** The calls of programs since the last time. */
function calls(): readonly string[] {
  const made = read('calls')?.trimEnd().split('\n') ?? [];
  rmSync(at('calls'), { force: true });
  return made;
}

/** The script of the kit, in the directories of this test. */
function runScript(os: string, directory: string | undefined, places: Readonly<Record<string, string>>) {
  const { shell = '' } =
    kitFor({ os, directory, directoryVariable: 'FLEETSEAL_DIR' }).serviceEnvironment ?? {};
  const { status, stdout, stderr } = spawnSync('sh', ['-c', withVariables(shell, places)], {
    encoding: 'utf8',
    env: { PATH: `${at('bin')}:${process.env['PATH']}` },
  });
  return { status, stdout, stderr };
}

const SET = {
  status: 0,
  stdout: 'fleetseal: FLEETSEAL_DIR is set for the service of Elastic Agent\n',
  stderr: '',
};

describe('on Linux', () => {
  const DROP_IN = 'units/elastic-agent.service.d/FLEETSEAL_DIR.conf';
  const run = (directory?: string) =>
    runScript('linux', directory, { units: at('units'), systemd: at('systemd'), processes: at('proc') });

  /** An agent that runs with these variables; not at all without. */
  function agent(variables?: readonly string[]): void {
    const pid = variables === undefined ? 0 : 42;
    program('systemctl', `case $1 in show) echo MainPID=${pid} ;; esac`);
    write('proc/42/environ', (variables ?? []).map((each) => `${each}\0`).join(''));
  }
  beforeEach(() => mkdirSync(at('systemd')));

  test('before the agent is installed, it has the variable from its first start', () => {
    agent();
    expect(run()).toEqual(SET);
    expect(read(DROP_IN)).toBe('[Service]\nEnvironment=FLEETSEAL_DIR=/etc/fleetseal\n');
    expect(calls()).toEqual(['systemctl daemon-reload', 'systemctl show -p MainPID elastic-agent.service']);
    expect(run()).toEqual(SET);
    expect(calls()).toEqual(['systemctl show -p MainPID elastic-agent.service']);
  });

  test.each([
    ['without it', ['PATH=/bin', 'XFLEETSEAL_DIR=/etc/fleetseal', 'FLEETSEAL_DIR=/etc/fleetseal2']],
    ['with none', []],
  ])(
    'an agent that runs %s is restarted by systemd, also after an earlier run was cut off',
    (_, variables) => {
      agent(variables);
      run();
      calls();
      expect(run()).toEqual(SET);
      expect(calls().slice(1)).toEqual([
        'systemctl daemon-reload',
        'systemctl restart elastic-agent.service',
      ]);
      agent(['PATH=/bin', 'FLEETSEAL_DIR=/etc/fleetseal']);
      expect(run()).toEqual(SET);
      expect(calls()).toEqual(['systemctl show -p MainPID elastic-agent.service']);
    },
  );

  test('another directory takes its place; drop-ins of others stay', () => {
    agent();
    write('units/elastic-agent.service.d/proxy.conf', '[Service]\nEnvironment=HTTPS_PROXY=http://p\n');
    run('/opt/certs');
    expect(read(DROP_IN)).toContain('=/opt/certs\n');
    run();
    expect(read(DROP_IN)).toContain('=/etc/fleetseal\n');
    expect(read('units/elastic-agent.service.d/proxy.conf')).toContain('HTTPS_PROXY');
  });

  test('a host without systemd is not changed, and hears what to do', () => {
    agent();
    rmSync(at('systemd'), { recursive: true });
    expect(run()).toEqual({
      status: 1,
      stdout: '',
      stderr:
        'fleetseal: this host has no systemd: set FLEETSEAL_DIR=/etc/fleetseal where the service elastic-agent gets its variables\n',
    });
    expect([read(DROP_IN), calls()]).toEqual([undefined, []]);
  });
});

describe('on macOS', () => {
  const PLIST = 'daemons/co.elastic.elastic-agent.plist';
  const LIST = 'launchctl list co.elastic.elastic-agent';
  const run = () => runScript('macos', undefined, { daemons: at('daemons'), editor: at('bin/PlistBuddy') });

  /** launchd with the service loaded, and an editor whose files have lines `:Key:Name value`. */
  beforeEach(() => {
    program(
      'launchctl',
      `case $1 in
  list) [ -e '${at('loaded')}' ] ;;
  load) : >'${at('loaded')}'; cp "$2" '${at('in-force')}' ;;
  unload) rm -f '${at('loaded')}' ;;
esac`,
    );
    program(
      'PlistBuddy',
      `set -- $2 "$3"
for file; do :; done
case $1 in
  Print) sed -n "s|^$2 ||p" "$file" | grep . ;;
  Add) if grep -q "^$2 " "$file"; then exit 1; fi
    case $3 in dict) echo "$2 dict" ;; *) echo "$2 $4" ;; esac >>"$file" ;;
  Delete) grep -v "^$2 " "$file" >"$file.tmp"; mv "$file.tmp" "$file" ;;
esac`,
    );
    write('loaded', '');
  });

  test('the variable is added to those of the service, which launchd loads again', () => {
    write(PLIST, ':Label co.elastic.elastic-agent\n:EnvironmentVariables dict\n:EnvironmentVariables:A b\n');
    expect(run()).toEqual(SET);
    expect(read(PLIST)).toBe(
      ':Label co.elastic.elastic-agent\n:EnvironmentVariables dict\n:EnvironmentVariables:A b\n:EnvironmentVariables:FLEETSEAL_DIR /usr/local/etc/fleetseal\n',
    );
    expect(read('in-force')).toBe(read(PLIST));
    calls();
    expect(run()).toEqual(SET);
    expect(calls().filter((call) => call.startsWith('launchctl'))).toEqual([LIST]);
  });

  test('a run that was cut off before the service was loaded is finished by the next', () => {
    write(PLIST, ':EnvironmentVariables:FLEETSEAL_DIR /usr/local/etc/fleetseal\n');
    rmSync(at('loaded'));
    expect(run()).toEqual(SET);
    expect(read('in-force')).toBe(read(PLIST));
  });

  test('needs an agent that is installed', () => {
    expect(run()).toEqual({
      status: 1,
      stdout: '',
      stderr: 'fleetseal: Elastic Agent is not installed: install it, and run this again\n',
    });
    expect(calls()).toEqual([]);
  });
});
