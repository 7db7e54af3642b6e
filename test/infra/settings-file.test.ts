import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { deploymentSettings, readSettingsFile } from '../../infra/settings-file.ts';

const DIRECTORY = mkdtempSync(join(tmpdir(), 'fleetseal-settings-'));
afterAll(() => rmSync(DIRECTORY, { recursive: true }));

/** Writes a file of settings, and returns its path. */
function file(name: string, text: string): string {
  const path = join(DIRECTORY, name);
  writeFileSync(path, text);
  return path;
}

const failure = (message: string | RegExp) =>
  expect.objectContaining({
    name: 'SettingsError',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });

describe('a deployment', () => {
  test('stops where there is no file, with the command that writes one', () => {
    expect(() => deploymentSettings({}, DIRECTORY)).toThrow(
      failure(
        `there are no settings: ${DIRECTORY}/fleetseal.json does not exist. "npx fleetseal init" asks for what matters and writes fleetseal.json; -c fleetseal=<file> names another file to cdk, FLEETSEAL_SETTINGS=<file> to npm start`,
      ),
    );
  });

  test('takes fleetseal.json beside cdk.json, and another file that the context names', () => {
    const own = mkdtempSync(join(DIRECTORY, 'app-'));
    writeFileSync(join(own, 'fleetseal.json'), '{ "authority": "acme" }');
    writeFileSync(join(own, 'staging.json'), '{ "authority": "acme-staging" }');
    expect(deploymentSettings({ '@aws-cdk/core:flag': true }, own)).toMatchObject({
      settings: { authority: 'acme', trustDomain: 'acme' },
      file: join(own, 'fleetseal.json'),
    });
    expect(deploymentSettings({ fleetseal: 'staging.json' }, own).settings.authority).toBe('acme-staging');
    expect(deploymentSettings({ fleetseal: join(own, 'staging.json') }, '/').settings.authority).toBe(
      'acme-staging',
    );
  });

  test.each([
    {
      name: 'that is missing',
      context: { fleetseal: 'prod.json' },
      says: /there are no settings: \S+prod\.json does not exist/,
    },
    {
      name: 'without a name',
      context: { fleetseal: '' },
      says: /^the context value fleetseal must be the path of a file: put the settings into fleetseal\.json beside cdk\.json, or name another file with -c fleetseal=<file>$/,
    },
    {
      name: 'in cdk.json itself',
      context: { fleetseal: { authority: 'acme' } },
      says: /must be the path of a file/,
    },
    {
      name: 'whose argument is mistyped',
      context: { fleetsael: 'prod.json' },
      says: /^the context value fleetsael is unknown\. Did you mean "fleetseal", as in -c fleetseal=<file>\?$/,
    },
  ])('does not fall back to other settings than those of a file $name', ({ context, says }) => {
    const own = mkdtempSync(join(DIRECTORY, 'app-'));
    writeFileSync(join(own, 'fleetseal.json'), '{ "authority": "acme" }');
    expect(() => deploymentSettings(context, own)).toThrow(failure(says));
  });

  test('needs the name of the authority, said with all that is wrong besides', () => {
    const fleetseal = file(
      'nameless.json',
      '{ "keyAdministration": { "deployerRoleArns": ["x"] }, "throtle": {} }',
    );
    expect(() => deploymentSettings({ fleetseal }, DIRECTORY)).toThrow(
      failure(
        /wrong:\n {2}authority: must be set, to the name of the authority that this deployment creates or updates\n {2}keyAdministration\.deployerRoleArns\.0: must be the ARN of an IAM role\n {2}throtle: unknown setting\. Did you mean "throttle"\?$/,
      ),
    );
  });
});

describe('a file of settings', () => {
  test('may have comments, and a comma behind the last member', () => {
    const text =
      '// Production.\n{\n  "authority": "acme", /* never change it */\n  "root": { "lifetimeYears": 10, },\n}\n';
    expect(readSettingsFile(file('comments.json', text))).toEqual({
      authority: 'acme',
      root: { lifetimeYears: 10 },
    });
  });

  test.each([
    { name: 'is empty', text: '', says: 'value expected at line 1, column 1' },
    {
      name: 'lacks a comma',
      text: '{\n  "authority": "a"\n  "root": {}\n}',
      says: 'comma expected at line 3, column 3',
    },
    { name: 'is cut off', text: '{\n  "authority": "a"', says: 'close brace expected at line 2, column 19' },
    { name: 'is YAML', text: 'authority: acme\n', says: 'invalid symbol at line 1, column 1' },
    {
      name: 'sets the same setting twice',
      text: '{ "root": { "kind": "kms" },\n  "authority": "a", "root": { "kind": "external" } }',
      says: 'root is set a second time at line 2, column 21',
    },
  ])('that $name is refused with the place', ({ text, says }) => {
    const path = file('wrong.json', text);
    expect(() => readSettingsFile(path)).toThrow(
      failure(new RegExp(`^the settings of this deployment cannot be read from ${path}: ${says}`)),
    );
  });

  test('that cannot be read is refused with the reason', () => {
    expect(() => readSettingsFile(DIRECTORY)).toThrow(failure(/cannot be read from .*: EISDIR/));
  });
});
