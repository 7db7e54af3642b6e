import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withVariables } from '../../../shared/elastic/syntax/script.ts';
import { kitFor } from '../../unit/elastic/outputs/kits.ts';

/** systemd's own reader of the drop-in that the kit of a Linux host writes. */

let units: string;
beforeEach(() => {
  units = mkdtempSync(join(tmpdir(), 'fleetseal-units-'));
});
afterEach(() => rmSync(units, { recursive: true }));

const DROP_IN = 'elastic-agent.service.d/FLEETSEAL_DIR.conf';

/** What systemd says of the service with its drop-ins. */
function verified(): string {
  const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', 'elastic-agent.service'], {
    encoding: 'utf8',
    env: { ...process.env, SYSTEMD_UNIT_PATH: `${units}:` },
  });
  expect({ status, error }).toEqual({ status: 0, error: undefined });
  return stderr;
}

test('systemd reads the variable of a kit, for every directory that a rule lets pass', () => {
  const bin = join(units, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'systemctl'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(units, 'elastic-agent.service'), '[Service]\nExecStart=/bin/true\n');
  for (const directory of ['/etc/fleetseal', '/opt/a.b_c-d/E9', '/.-_']) {
    const { shell = '' } = kitFor({ directory, directoryVariable: 'FLEETSEAL_DIR' }).serviceEnvironment ?? {};
    const script = withVariables(shell, { units, systemd: units });
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    expect(spawnSync('sh', ['-c', script], { env, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(verified()).not.toContain(DROP_IN);
  }
  appendFileSync(join(units, DROP_IN), 'Environment=no assignment\n');
  expect(verified()).toContain(`${DROP_IN}:3: Invalid environment assignment`);
});
