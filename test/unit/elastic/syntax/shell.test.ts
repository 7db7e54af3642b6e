import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shellCommand, shellWord } from '../../../../shared/elastic/syntax/shell.ts';

const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/busybox'].filter((shell) => existsSync(shell));

/** The arguments that a real shell makes of the words. */
function argumentsOf(shell: string, words: string): readonly string[] {
  const options = shell.endsWith('busybox') ? ['sh', '-c'] : ['-c'];
  const out = execFileSync(shell, [...options, `printf '%s\\0' ${words}`], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

const HOSTILE = [
  '',
  "'",
  "''",
  "it's",
  '"',
  '\\',
  "\\'",
  '$HOME',
  '$(touch /tmp/owned)',
  '`id`',
  '; rm -rf /',
  '& echo',
  '| cat',
  'a\nb',
  'a\tb',
  '*',
  '?',
  '[a-z]',
  '{a,b}',
  '~',
  '~root',
  '#comment',
  '!history',
  'a=b',
  '=ls',
  '--tag=a b',
  '-n',
  '%s%n',
  '\u2019',
  'ä€😀',
  '<in',
  '>out',
  '(sub)',
  '\r',
];

describe('words of a POSIX shell', () => {
  test('at least sh and bash are here to be asked', () => {
    expect(SHELLS.length).toBeGreaterThanOrEqual(2);
  });

  test.each(SHELLS)('%s reads hostile arguments back unchanged', (shell) => {
    expect(argumentsOf(shell, shellCommand(HOSTILE))).toEqual(HOSTILE);
  });

  test.each(SHELLS)('%s reads any arguments back unchanged', (shell) => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'\'"\\$`!*? \n;&|<>(){}[]~#=%-'), maxLength: 12 }),
    );
    const argument = text.filter((value) => !value.includes('\0') && value.isWellFormed());
    fc.assert(
      fc.property(fc.array(argument, { minLength: 20, maxLength: 60 }), (argv) => {
        expect(argumentsOf(shell, shellCommand(argv))).toEqual(argv);
      }),
      { numRuns: 25 },
    );
  });

  test('plain words stay readable', () => {
    expect(shellCommand(['install', '--url=https://fleet.example.com:8220', '--tag=web tier'])).toBe(
      "install --url=https://fleet.example.com:8220 '--tag=web tier'",
    );
  });

  test('a word that the shell would take for an assignment is quoted', () => {
    expect(shellWord('PATH=/tmp')).toBe("'PATH=/tmp'");
    expect(shellWord('=x')).toBe("'=x'");
  });

  test('NUL is refused', () => {
    expect(() => shellWord('a\0b')).toThrow('an argument cannot hold a NUL character');
  });
});
