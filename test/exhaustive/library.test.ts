import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import PACKAGE from '../../package.json' with { type: 'json' };
import { ASSEMBLY } from '../support/assembly.ts';
import { mustRun, run } from '../support/command.ts';

/*
 * The CDK app of docs/examples/cdk, in a directory of its own, with the packed npm package: a project of the kind that
 * `cdk init` makes, whose modules are CommonJS and which knows nothing of fleetseal's feature flags.
 */

const PROJECT = join(import.meta.dirname, '../..');
const APP = join(PROJECT, 'docs/examples/cdk');

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-library-'));
  await mustRun('npm', ['pack', '--pack-destination', directory], { cwd: PROJECT });
  cpSync(APP, directory, { recursive: true });
  const { devDependencies } = PACKAGE;
  const dependencies = {
    fleetseal: `file:fleetseal-${PACKAGE.version}.tgz`,
    'aws-cdk-lib': devDependencies['aws-cdk-lib'],
    constructs: devDependencies.constructs,
    '@types/node': devDependencies['@types/node'],
  };
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await mustRun('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: directory });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('the app compiles, and its template tests pass', async () => {
  await mustRun(join(PROJECT, 'node_modules/.bin/tsc'), ['--project', directory]);
  const { code, stdout } = await run(process.execPath, ['--test', 'acme-stack.test.js'], { cwd: directory });
  expect({ code, failing: stdout.split('failing tests')[1] }).toEqual({ code: 0 });
});

test('the stacks are those that fleetseal itself deploys with the same settings', async () => {
  await mustRun(process.execPath, [join(directory, 'main.js')], { cwd: directory });
  for (const stack of ['Authority', 'Service']) {
    const made = readFileSync(join(directory, 'cdk.out', `Fleetseal${stack}.template.json`), 'utf8');
    const own = readFileSync(join(ASSEMBLY, `Fleetseal${stack}.template.json`), 'utf8');
    expect(JSON.parse(made)).toEqual(JSON.parse(own));
  }
});
