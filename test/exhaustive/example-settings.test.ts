import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readSettingsFile } from '../../infra/settings-file.ts';
import { withApp } from '../infra/synthesized.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', 'docs', 'examples', 'settings');
const FILES = readdirSync(DIRECTORY);

test('there are examples for the smallest deployment, own domains, a private API, and two Regions', () => {
  expect(FILES).toEqual(
    expect.arrayContaining([
      'own-domains.json',
      'private-external-root.json',
      'smallest.json',
      'two-regions.json',
    ]),
  );
});

test.each(FILES)('%s: the rules of cdk-nag and the schemas of CloudFormation hold', (file) => {
  const settings = Object(readSettingsFile(join(DIRECTORY, file)));
  expect(() => withApp(settings, (app) => app.synth(), { checkSchemas: true })).not.toThrow();
});
