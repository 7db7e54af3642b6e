import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockDirectory } from '../../../infra/local/lock.ts';

let directory = '';
let file = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-lock-'));
  file = join(directory, 'lock');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(directory, { recursive: true });
});

const HELD = 'another local cloud uses the same data; stop it, or set FLEETSEAL_DATA to another directory';

/** A process that takes the lock and says `<pid> held` or `<pid> refused`, then waits for the end of its input. */
const PROGRAM = `
  import { lockDirectory } from ${JSON.stringify(new URL('../../../infra/local/lock.ts', import.meta.url).href)};
  try { lockDirectory(process.argv[1]); console.log(process.pid + ' held'); }
  catch (error) { console.log(process.pid + ' refused'); }
  process.stdin.resume();`;
const ARGUMENTS = () => ['--input-type=module', '-e', PROGRAM, file];

function start(command: string, args: readonly string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const said = once(child.stdout, 'data').then(([data]) => String(data).trim().split(' '));
  return { child, said };
}

/** When nothing is left of a killed process but its number: its other threads, too, have ended, however long that takes. */
async function zombie(pid: string): Promise<void> {
  const isZombie = () => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, ''));
  while (readdirSync(`/proc/${pid}/task`).length > 1 || !isZombie())
    await new Promise((resolve) => setImmediate(resolve));
}

test('a second one in the same process is refused until the first gives it back', () => {
  const release = lockDirectory(file);
  expect(() => lockDirectory(file)).toThrow(HELD);
  release();
  lockDirectory(file)();
});

test('another process holds it; SIGKILL releases it', async () => {
  const { child, said } = start(process.execPath, ARGUMENTS());
  expect((await said)[1]).toBe('held');
  expect(() => lockDirectory(file)).toThrow(HELD);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockDirectory(file)();
});

test('a zombie holds nothing', async () => {
  // The shell becomes a program that never asks how its child ended.
  const { said } = start('sh', [
    '-c',
    '"$0" "$@" <&0 & exec tail -f /dev/null',
    process.execPath,
    ...ARGUMENTS(),
  ]);
  const [pid = '', state] = await said;
  expect(state).toBe('held');
  process.kill(Number(pid), 'SIGKILL');
  await zombie(pid);
  lockDirectory(file)();
});

test('of many that start at once, one gets it', async () => {
  const started = Array.from({ length: 5 }, () => start(process.execPath, ARGUMENTS()));
  const states = await Promise.all(started.map(async ({ said }) => (await said)[1]));
  expect(states.filter((state) => state === 'held')).toHaveLength(1);
});

test('a path longer than a socket could have', () => {
  const deep = join(directory, 'd'.repeat(200));
  mkdirSync(deep);
  const release = lockDirectory(join(deep, 'lock'));
  expect(() => lockDirectory(join(deep, 'lock'))).toThrow(HELD);
  release();
});

test('a directory that is not there is named', () => {
  const missing = join(directory, 'missing', 'lock');
  expect(() => lockDirectory(missing)).toThrow(`${missing} cannot be locked (`);
});

test('a file that is something else is named', () => {
  writeFileSync(file, 'what is this? '.repeat(100));
  expect(() => lockDirectory(file)).toThrow(`${file} cannot be locked (`);
});
