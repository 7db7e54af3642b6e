import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MAIN = join(ROOT, 'infra', 'local', 'main.ts');
const run = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

test('--help says what can be set, each with its default', async () => {
  const { stdout } = await run('--help');
  for (const name of [
    'PORT',
    'HTTP_PORT',
    'FLEETSEAL_DATA',
    'FLEETSEAL_SETTINGS',
    'AWS_REGION',
    'AWS_ENDPOINT_URL_DYNAMODB',
    'AWS_ENDPOINT_URL_KMS',
    'AWS_ENDPOINT_URL_S3',
  ])
    expect(stdout).toMatch(new RegExp(`^  ${name} [^(]*(\\n[^(]*)?\\(default`, 'm'));
});

test('an argument that does not exist is refused by name, with the usage', async () => {
  await expect(run('--port', '1')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^npm start takes no argument "--port".\n\nUsage: npm start/),
  });
});

test('the synthesis writes below its output directory only, so that a checkout may be read-only', async () => {
  const outdir = mkdtempSync(join(tmpdir(), 'fleetseal-outdir-'));
  const written = () =>
    ['dist/functions', 'cdk.out'].map(
      (name) => statSync(join(ROOT, name), { throwIfNoEntry: false })?.mtimeMs,
    );
  const before = written();
  // Settings are read after the functions are bundled; wrong ones spare the rest.
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: '{"fleetseal":{"nothing":1}}' };
  const synthesis = promisify(execFile)(process.execPath, [join(ROOT, 'infra', 'app.ts')], { env });
  await expect(synthesis).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('nothing') });
  expect(readdirSync(join(outdir, 'bundles'))).toEqual(['functions', 'meta']);
  expect(written()).toEqual(before);
  rmSync(outdir, { recursive: true });
});
