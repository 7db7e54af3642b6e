import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../support/command.ts';

const ROOT = join(import.meta.dirname, '..', '..');

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-synthesis-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** `npx cdk synth` with these arguments, into the directory. */
function synth(...args: readonly string[]) {
  const cdk = join(ROOT, 'node_modules', '.bin', 'cdk');
  return run(cdk, ['synth', '--quiet', '--no-notices', '--output', join(directory, 'out'), ...args], {
    cwd: ROOT,
  });
}

describe('cdk synth', () => {
  test('writes the templates of the file, and below its output directory only, so that a checkout may be read-only', async () => {
    const written = () =>
      ['dist/functions', 'cdk.out'].map(
        (name) => statSync(join(ROOT, name), { throwIfNoEntry: false })?.mtimeMs,
      );
    const before = written();
    const file = join(directory, 'staging.json');
    writeFileSync(file, '{ "authority": "acme-staging" } // of the second account\n');
    const { code, stderr } = await synth('-c', `fleetseal=${file}`);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('Authority "acme-staging"'),
    });
    expect(readdirSync(join(directory, 'out'))).toEqual(
      expect.arrayContaining(['FleetsealAuthority.template.json', 'bundles']),
    );
    expect(written()).toEqual(before);
  });

  test.each([
    {
      name: 'without a file',
      args: [],
      says: /there are no settings: \S+fleetseal\.json does not exist\. "npx fleetseal init"/,
    },
    {
      name: 'with a mistyped argument',
      args: ['-c', 'fleetsael=prod.json'],
      says: /fleetsael is unknown\. Did you mean "fleetseal"/,
    },
  ])('makes nothing $name', async ({ args, says }) => {
    const { code, stderr } = await synth(...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(says) });
    expect(readdirSync(directory).filter((name) => name.endsWith('.template.json'))).toEqual([]);
  });
});
