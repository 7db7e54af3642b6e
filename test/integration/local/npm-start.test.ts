import { execFile } from 'node:child_process';
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
