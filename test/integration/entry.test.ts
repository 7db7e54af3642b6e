import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../support/command.ts';

const PROJECT = join(import.meta.dirname, '../..');

/** What Node 20 is to the entry: a Node that does not read TypeScript. */
const NODE_20 = '--no-strip-types';

/** Prints its arguments and ends with 7; with "wait" it ends with 3 once SIGTERM comes. */
const PROGRAM = `
const args: string[] = process.argv.slice(1);
if (args[1] === 'wait') {
  process.on('SIGTERM', () => process.exit(3));
  setInterval(() => undefined, 1000);
} else process.exitCode = 7;
console.log(JSON.stringify(args));
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fleetseal-entry-'));
  mkdirSync(join(root, 'infra'));
  copyFileSync(join(PROJECT, 'infra/entry.mjs'), join(root, 'infra/entry.mjs'));
  writeFileSync(join(root, 'program.ts'), PROGRAM);
});
afterEach(() => rmSync(root, { recursive: true }));

function installDependencies({ node }: { readonly node: boolean }): void {
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(root, 'node_modules/.package-lock.json'), '{}');
  if (node) symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
}

const start = (...args: readonly string[]) => run(process.execPath, args, { cwd: root });

describe('before npm ci', () => {
  test.each([
    { name: 'an entry point', args: ['program.ts'] },
    { name: 'the check before a command', args: [] },
    { name: 'an entry point on Node 20', flags: [NODE_20], args: ['program.ts'] },
  ])('$name says in one sentence what to do', async ({ flags = [], args }) => {
    const { code, stdout, stderr } = await start(...flags, 'infra/entry.mjs', ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `fleetseal: the dependencies are not installed; run "npm ci" in ${join(root)} first.\n`,
    );
  });
});

describe('after npm ci', () => {
  test.each([
    { name: 'a Node that reads TypeScript', flags: [] },
    { name: 'Node 20', flags: [NODE_20] },
  ])('$name runs the entry point, with its arguments and exit code', async ({ flags }) => {
    installDependencies({ node: true });
    expect(await start(...flags, 'infra/entry.mjs', 'program.ts', 'one', '--two')).toMatchObject({
      code: 7,
      stdout: `${JSON.stringify([join(root, 'program.ts'), 'one', '--two'])}\n`,
    });
  });

  test('Node 20 passes signals on', async () => {
    installDependencies({ node: true });
    const child = spawn(process.execPath, [NODE_20, 'infra/entry.mjs', 'program.ts', 'wait'], { cwd: root });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    expect(await once(child, 'exit')).toEqual([3, null]);
  });

  test('without the optional Node, Node 20 says what to install', async () => {
    installDependencies({ node: false });
    const { code, stderr } = await start(NODE_20, 'infra/entry.mjs', 'program.ts');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^fleetseal: Node \S+ cannot read TypeScript, and the Node 24 that "npm ci" installs on Linux is missing; run "npm ci" without --omit, or install Node 22\.18 or newer\.\n$/,
    );
  });
});

describe('every command of the project', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(PROJECT, path), 'utf8'));
  const commands: Record<string, string> = { ...read('package.json').scripts, cdk: read('cdk.json').app };

  test.each(Object.entries(commands))('%s begins with the entry', (_name, command) => {
    expect(command).toMatch(/^((exec )?node infra\/entry\.mjs( &&| \S+\.ts)|npm test -- )/);
  });
});
