import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, ROOT), 'utf8'));

/** Paths and globs that a configuration file names, with the marks of its tool. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  'tsconfig.json': read('tsconfig.json').include,
  'knip.json': [...read('knip.json').entry, ...read('knip.json').project],
  'biome.json': [
    ...read('biome.json').files.includes,
    ...read('biome.json').overrides.flatMap(({ includes }: { includes: string[] }) => includes),
  ],
  'package.json': read('package.json').jest.testMatch.map((glob: string) => glob.replace('<rootDir>/', '')),
};

/** `{a,b}/c` is `a/c` and `b/c`. */
function alternatives(glob: string): readonly string[] {
  const [, before = '', choices, after = ''] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(glob) ?? [];
  if (choices === undefined) return [glob];
  return choices.split(',').flatMap((choice) => alternatives(`${before}${choice}${after}`));
}

describe('configuration files name only what exists', () => {
  const rows = Object.entries(NAMED).flatMap(([file, globs]) =>
    // A leading ! excludes; a trailing one is knip's mark of production code.
    globs.flatMap((glob) => alternatives(glob.replace(/^!|!$/g, ''))).map((glob) => ({ file, glob })),
  );
  test.each(rows)('$file: $glob', ({ glob }) => {
    const [found] = globSync(glob, { cwd: ROOT, exclude: (path) => path === 'node_modules' });
    expect(found).toBeDefined();
  });
});
