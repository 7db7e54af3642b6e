import '../functions/environment.ts';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { BOOTSTRAP_SH_SHA256 } from '#host-scripts';
import { scriptNames, scriptsModule, scriptText } from '../../../docs/generate/hosts/scripts.ts';
import { handler } from '../../../functions/get-host-script/handler.ts';
import { quietly } from '../functions/told.ts';

const GENERATED = new URL('../../../shared/hosts/scripts.generated.ts', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

test('the hash of bootstrap.sh is that of what is served', () => {
  const served = createHash('sha256').update(scriptText('bootstrap.sh')).digest('hex');
  expect(BOOTSTRAP_SH_SHA256).toBe(served);
});

test('the module of the scripts is the one that npm run docs writes', () => {
  expect(readFileSync(GENERATED, 'utf8')).toBe(scriptsModule());
});

describe.each(scriptNames())('%s', (name) => {
  const text = scriptText(name);

  test('is ASCII, with the line breaks of Unix, and ends with one', () => {
    expect(text).toMatch(/^[\n -~]*[^\n]\n$/);
  });

  test('contains its parts, and nothing for editors', () => {
    expect(text).not.toMatch(/^\. \.\/parts|^# shellcheck /m);
  });
});

describe.each([
  { name: 'bootstrap.sh', first: '#!/bin/sh', type: 'text/x-shellscript; charset=utf-8' },
  { name: 'rotate.sh', first: '#!/bin/sh', type: 'text/x-shellscript; charset=utf-8' },
  { name: 'bootstrap.ps1', first: '#Requires -Version 5.1', type: 'text/x-powershell; charset=utf-8' },
  { name: 'rotate.ps1', first: '#Requires -Version 5.1', type: 'text/x-powershell; charset=utf-8' },
])('GET /v1/$name', ({ name, first, type }) => {
  const get = (headers = {}) =>
    quietly(handler, { method: 'GET', route: `/${name}`, headers, principal: null });

  test('returns the script, with its version in the second line', async () => {
    const { status, body, headers } = await get();
    expect(status).toBe(200);
    expect(body).toBe(scriptText(name));
    expect(body.split('\n').slice(0, 2)).toEqual([first, `# ${name} of fleetseal ${version}`]);
    expect(headers).toMatchObject({ 'content-type': type, 'cache-control': 'public, max-age=300' });
  });

  test('returns 304 to a caller that has it', async () => {
    const { headers } = await get();
    expect(await get({ 'If-None-Match': headers['etag'] })).toMatchObject({ status: 304, body: '' });
  });
});

test.each(['bootstrap.sh', 'rotate.sh'])('%s, cut off before its last line, does nothing', (name) => {
  const lines = scriptText(name).trimEnd().split('\n');
  expect(lines.pop()).toBe('main "$@"');
  const options = { input: lines.join('\n'), encoding: 'utf8', env: { PATH: '/nowhere' } } as const;
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-s', '--', '--help'], options);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
