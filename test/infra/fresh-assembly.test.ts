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
function assembly(settings: string) {
  const outdir = join(directory, 'assembly');
  file('assembly/manifest.json', '{}', 100);
  file('code/deep/app.ts', '', 200);
  const paths = [join(directory, 'code'), join(directory, 'not-there.json')];
  keepSettings(outdir, { paths, settings });
  return { fresh: (now: string) => isFresh(outdir, { paths, settings: now }) };
}

describe('the assembly that npm start made before', () => {
  test('is used again with the same settings', () => {
    const settings = file('a.json', '{"authority":"a"}', 300);
    expect(assembly(settings).fresh(settings)).toBe(true);
  });

  test('is used again with settings that were saved as they were', () => {
    const { fresh } = assembly(file('a.json', '{}', 300));
    expect(fresh(file('a.json', '{}', 0))).toBe(true);
  });

  test.each([
    { name: 'the settings are others', after: '{"authority":"b"}' },
    { name: 'the file of settings is empty, which is an error', after: '' },
  ])('is not where $name, however old the file is', ({ after }) => {
    const { fresh } = assembly(file('before.json', '{"authority":"a"}', 400));
    expect(fresh(file('after.json', after, 300))).toBe(false);
  });

  test('is not where the file of settings is missing', () => {
    expect(assembly(file('a.json', '{}', 300)).fresh(join(directory, 'missing.json'))).toBe(false);
  });

  test('is not where code is younger, where it was never written, or keeps no settings', () => {
    const settings = file('a.json', '{}', 300);
    const { fresh } = assembly(settings);
    file('code/deep/app.ts', '', 50);
    expect(fresh(settings)).toBe(false);
    file('code/deep/app.ts', '', 200);
    expect(fresh(settings)).toBe(true);
    rmSync(join(directory, 'assembly', 'fleetseal-settings.json'));
    expect(fresh(settings)).toBe(false);
    expect(fresh(join(directory, 'missing.json'))).toBe(false);
    rmSync(join(directory, 'assembly'), { recursive: true });
    expect(fresh(settings)).toBe(false);
  });
});
