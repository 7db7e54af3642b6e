import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { cliDocument } from '../../../docs/generate/cli/document.ts';

test('docs/cli.md is what the commands say; `npm run docs` writes it again', () => {
  const file = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  expect(file.split('\n')).toEqual(cliDocument().split('\n'));
});
