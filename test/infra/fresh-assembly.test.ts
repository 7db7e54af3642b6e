import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isFresh, keepSettings } from '../../infra/local/template/fresh-assembly.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fleetseal-assembly-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Writes a file of the age in seconds, and answers its path. */
function file(name: string, text: string, age: number): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  const then = 1_795_435_200 - age;
  utimesSync(path, then, then);
  return path;
}

/** An assembly of the age 100 that was made of code of the age 200 and of these settings. */
function assembly(settings: string | undefined) {
  const outdir = join(directory, 'assembly');
  file('assembly/manifest.json', '{}', 100);
  file('code/deep/app.ts', '', 200);
  const paths = [join(directory, 'code'), join(directory, 'not-there.json')];
  keepSettings(outdir, { paths, settings });
  return { fresh: (now: string | undefined) => isFresh(outdir, { paths, settings: now }) };
}

describe('the assembly that npm start made before', () => {
  test('is used again with the same settings, or again with none', () => {
    const settings = file('a.json', '{"authority":"a"}', 300);
    expect(assembly(settings).fresh(settings)).toBe(true);
    expect(assembly(undefined).fresh(undefined)).toBe(true);
  });

  test('is used again with settings that were saved as they were', () => {
    const { fresh } = assembly(file('a.json', '{}', 300));
    expect(fresh(file('a.json', '{}', 0))).toBe(true);
  });

  test.each([
    { name: 'the file of settings was edited', before: '{"authority":"a"}', after: '{"authority":"b"}' },
    { name: 'settings came', before: undefined, after: '{"authority":"a"}' },
    { name: 'settings went', before: '{"authority":"a"}', after: undefined },
    { name: 'the file of settings is empty, which is an error', before: undefined, after: '' },
  ])('is not where $name, however old the file is', ({ before, after }) => {
    const { fresh } = assembly(before === undefined ? undefined : file('before.json', before, 400));
    expect(fresh(after === undefined ? undefined : file('after.json', after, 300))).toBe(false);
  });

  test('is not where the file of settings is missing', () => {
    expect(assembly(undefined).fresh(join(directory, 'missing.json'))).toBe(false);
  });

  test('is not where code is younger, where it was never written, or keeps no settings', () => {
    const { fresh } = assembly(undefined);
    file('code/deep/app.ts', '', 50);
    expect(fresh(undefined)).toBe(false);
    file('code/deep/app.ts', '', 200);
    expect(fresh(undefined)).toBe(true);
    rmSync(join(directory, 'assembly', 'fleetseal-settings.json'));
    expect(fresh(undefined)).toBe(false);
    expect(fresh(join(directory, 'missing.json'))).toBe(false);
    rmSync(join(directory, 'assembly'), { recursive: true });
    expect(fresh(undefined)).toBe(false);
  });
});
