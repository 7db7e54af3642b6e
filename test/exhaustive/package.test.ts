import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mustRun, run } from '../support/command.ts';

const PROJECT = join(import.meta.dirname, '../..');

/** npm without a network, a cache of its own, and without install scripts. */
const OFFLINE = {
  npm_config_offline: 'true',
  npm_config_ignore_scripts: 'true',
  npm_config_update_notifier: 'false',
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-package-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The Node of the tests, and the one that npm runs with, which may be older. */
const NODES = [...new Set([process.execPath, process.env['npm_node_execpath'] ?? process.execPath])];

describe('npx fleetseal in a checkout', () => {
  test('runs without a network and without install scripts', async () => {
    const env = { ...OFFLINE, npm_config_cache: join(directory, 'cache') };
    const { code, stdout } = await run('npx', ['fleetseal', 'tokens', '--help'], { cwd: PROJECT, env });
    expect({ code, stdout: stdout.split('\n')[0] }).toEqual({
      code: 0,
      stdout: 'Usage: fleetseal tokens [options] [command]',
    });
  });

  test.each(NODES)('hands its arguments and exit code on with %s', async (node) => {
    const { code, stderr } = await run(node, [join(PROJECT, 'cli/bin.mjs'), 'tokens', 'shwo', 'x'], {
      cwd: '/',
    });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "error: unknown command 'shwo'\n(Did you mean show?)\n",
    });
  });
});

describe('the package', () => {
  let files: readonly string[];
  const root = () => join(directory, 'node_modules', 'fleetseal');
  beforeAll(async () => {
    await mustRun('npm', ['pack', '--pack-destination', directory], {
      cwd: PROJECT,
      env: { npm_config_ignore_scripts: 'false' },
    });
    mkdirSync(root(), { recursive: true });
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    const tarball = join(directory, `fleetseal-${version}.tgz`);
    files = (await mustRun('tar', ['-tzf', tarball])).trimEnd().split('\n');
    await mustRun('tar', ['-xzf', tarball, '--strip-components=1', '-C', root()]);
  });

  test('holds the command, the construct library, their bundles and what npm always adds, and nothing else', () => {
    const bundled =
      /^package\/dist\/(?:cli\/[\w-]+\.mjs(?:\.LEGAL\.txt)?|lib\/types\/[\w./-]+\.d\.ts|lib\/functions\/[\w-]+\/index\.mjs)$/;
    const others = files.filter((file) => !bundled.test(file));
    expect(others.sort()).toEqual([
      'package/LICENSE',
      'package/README.md',
      'package/cli/bin.mjs',
      'package/dist/lib/index.js',
      'package/dist/lib/index.js.LEGAL.txt',
      'package/dist/lib/package.json',
      'package/package.json',
    ]);
    expect(files).toContain('package/dist/cli/main.mjs');
  });

  test.each(NODES)('needs none of its dependencies, with %s', async (node) => {
    expect(existsSync(join(directory, 'node_modules', 'commander'))).toBe(false);
    const bin = join(root(), 'cli/bin.mjs');
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    expect(await run(node, [bin, '--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    const unreachable = await run(
      node,
      [bin, 'tokens', 'list', '--url', 'https://localhost:1', '--region', 'eu-central-1'],
      {
        env: {
          AWS_ACCESS_KEY_ID: 'x',
          AWS_SECRET_ACCESS_KEY: 'y',
          AWS_SESSION_TOKEN: undefined,
          AWS_PROFILE: undefined,
        },
      },
    );
    expect(unreachable).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('https://localhost:1 cannot be reached'),
    });
  });

  test('loads nothing but the commands for help', async () => {
    const main = readFileSync(join(root(), 'dist/cli/main.mjs'), 'utf8');
    const early = [...main.matchAll(/from"\.\/([\w-]+\.mjs)"/g)].map(([, name = '']) =>
      readFileSync(join(root(), 'dist/cli', name), 'utf8'),
    );
    for (const heavy of ['AWS4-HMAC-SHA256', 'safeParse', 'colWidths'])
      expect([main, ...early].join('').includes(heavy)).toBe(false);
  });
});
