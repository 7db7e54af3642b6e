import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runParts } from '../../support/host-shell.ts';

let log: string;
beforeEach(() => {
  log = join(mkdtempSync(join(tmpdir(), 'fleetseal-agent-')), 'log');
});
afterEach(() => rmSync(join(log, '..'), { recursive: true }));

/** Runs lines with the values of a kit that has a variable, whose commands write their names into the log. */
function run(lines: string, { script = `echo variable >>'${log}'`, command = 'elastic-agent enroll' } = {}) {
  const values = [
    `systemctl() { echo "$*" >>'${log}'; }`,
    `variable_script="${script}" install_command='' enroll_command='${command}' container_commands='' agent_user=''`,
    `agent_line="echo agent >>'${log}'" agent_runner='' agent_place=.`,
  ];
  const ran = runParts(['log', 'run-as', 'agent-command'], [...values, lines].join('\n'));
  return { ...ran, log: existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [] };
}

describe('the variable of the service', () => {
  test('of an installed agent is set before it enrolls, and again afterwards', () => {
    const { code, log: done } = run('agent_action=enroll; run_agent && set_variable');
    expect(code).toBe(0);
    const systemd = existsSync('/run/systemd/system') ? ['enable --now elastic-agent'] : [];
    expect(done).toEqual([...systemd, 'variable', 'agent', 'variable']);
  });

  test('of an agent to install is set first where systemd can have it before the service is there', () => {
    const { log: done } = run('agent_action=install; run_agent && set_variable');
    const first = existsSync('/run/systemd/system') ? ['variable'] : [];
    expect(done).toEqual([...first, 'agent', 'variable']);
  });

  test('that cannot be set keeps the agent from enrolling', () => {
    const {
      code,
      stderr,
      log: done,
    } = run('agent_action=enroll; run_agent', {
      script: `echo 'fleetseal: no service' >&2; exit 3`,
    });
    expect([code, done.includes('agent')]).toEqual([1, false]);
    expect(stderr).toBe(
      'fleetseal: no service\nfleetseal: cannot set the variable of the service, as it says above\n',
    );
  });

  test('is printed after the commands, for a person', () => {
    expect(run('agent_line=""; print_agent', { script: 'set it' }).stdout).toBe(
      '# Where Elastic Agent is installed from a package:\nsystemctl enable --now elastic-agent\nelastic-agent enroll\n# Then, as root:\nset it\n',
    );
  });

  test.each([
    ['no command, for an agent that is in Fleet already', { command: '' }, 'yes'],
    ['a command', {}, 'no'],
    ['neither command nor variable', { script: '', command: '' }, 'no'],
  ])('is all that a kit has with %s', (_, kit, answer) => {
    expect(run('if only_variable; then echo yes; else echo no; fi', kit).stdout).toBe(`${answer}\n`);
  });

  test('is nothing to do without one, also for the values of an earlier version', () => {
    expect(
      run('set_variable; unset variable_script; set_variable; print_agent', { script: '' }),
    ).toMatchObject({
      code: 0,
      log: [],
    });
  });
});
