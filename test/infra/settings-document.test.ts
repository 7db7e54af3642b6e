import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { settings, settingsDocument } from '../../docs/generate/settings/document.ts';

const FILE = new URL('../../docs/settings.md', import.meta.url);

describe('docs/settings.md', () => {
  test('is what the table of settings says, line by line; `npm run docs` writes it anew', () => {
    expect(readFileSync(FILE, 'utf8').split('\n')).toEqual(settingsDocument().split('\n'));
  });

  test('has the parts of settings too, each with its meaning', () => {
    expect(settings().map(({ path }) => path)).toEqual(
      expect.arrayContaining(['authority', 'root.keySpec', 'issuers[].id', 'throttle.burst']),
    );
    expect(settings().filter(({ schema }) => schema.description === undefined)).toEqual([]);
  });

  test('holds a line in one line, and no character that would end a cell', () => {
    const cells = settings().map(({ schema }) => schema.description);
    expect(cells.filter((text) => /[|\n]/.test(text ?? ''))).toEqual([]);
  });
});
