import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkAgainstKit } from '../../../../cli/doctor/checks/access.ts';

test('a file of a pair, which is a link, is judged by what it leads to', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-access-'));
  const path = join(directory, 'agent.key');
  mkdirSync(join(directory, 'pairs'));
  writeFileSync(join(directory, 'pairs/agent.key'), 'key', { mode: 0o600 });
  symlinkSync('pairs/agent.key', path);
  const place = { path, mode: '0600', owner: 'root', group: 'root', acl: null, purpose: 'the key' };
  const file = { ...place, role: 'private-key', source: 'host-key', contents: null } as const;
  expect(checkAgainstKit(file)).toMatchObject([{ message: `${path} is as the kit has it.` }]);
  rmSync(directory, { recursive: true });
});
