import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isPowershellSafe,
  powershellCommand,
  powershellWord,
} from '../../../../shared/elastic/syntax/powershell.ts';

/**
 * What PowerShell makes of a single-quoted string, by about_Quoting_Rules: everything stands for itself, a doubled
 * single quote for one, and typographic single quotes count as single quotes. Undefined where the string ends early.
 */
function singleQuoted(word: string): string | undefined {
  const quotes = "'\u2018\u2019\u201A\u201B";
  if (word.length < 2 || !quotes.includes(word.charAt(0)) || !quotes.includes(word.charAt(word.length - 1)))
    return undefined;
  let value = '';
  const inner = word.slice(1, -1);
  for (let i = 0; i < inner.length; i++) {
    const character = inner.charAt(i);
    if (quotes.includes(character)) {
      i++;
      if (i >= inner.length || !quotes.includes(inner.charAt(i))) return undefined;
    }
    value += character;
  }
  return value;
}

describe('words of PowerShell', () => {
  test.each([
    ['install', 'install'],
    ['--non-interactive', '--non-interactive'],
    ['.\\elastic-agent.exe', '.\\elastic-agent.exe'],
    ['--url=https://x', "'--url=https://x'"],
    ['-a.b', "'-a.b'"],
    ['-in', "'-in'"],
    ['--a1', "'--a1'"],
    ['-a:', "'-a:'"],
    ['C:\\ProgramData\\x', "'C:\\ProgramData\\x'"],
    ['$env:PATH', "'$env:PATH'"],
    ['`n', "'`n'"],
    ['--%', "'--%'"],
    ['--', "'--'"],
    ['@x', "'@x'"],
    ['a b', "'a b'"],
    ["it's", "'it''s'"],
    ['it\u2019s', "'it\u2019\u2019s'"],
    ['\u2018\u201A\u201B', "'\u2018\u2018\u201A\u201A\u201B\u201B'"],
    ['; Remove-Item', "'; Remove-Item'"],
    ['{{FLEET_ENROLLMENT_TOKEN}}', "'{{FLEET_ENROLLMENT_TOKEN}}'"],
  ])('%s is written %s', (argument, word) => {
    expect(powershellWord(argument)).toBe(word);
  });

  test('any argument that can be passed reads back unchanged by the documented rules', () => {
    const quotes = fc.constantFrom(..."'\u2018\u2019\u201A\u201B $`\\;&|@-");
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: quotes }));
    fc.assert(
      fc.property(text.filter(isPowershellSafe), (argument) => {
        const word = powershellWord(argument);
        expect(word === argument ? argument : singleQuoted(word)).toBe(argument);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['', 'a"b', '"', 'a\nb', 'a\0', 'a b\\'])(
    '%j cannot be passed unchanged and is refused',
    (argument) => {
      expect(isPowershellSafe(argument)).toBe(false);
      expect(() => powershellWord(argument)).toThrow('PowerShell cannot pass this argument unchanged');
    },
  );

  test('a quoted program is called with &', () => {
    expect(powershellCommand(['C:\\Program Files\\x.exe', 'restart'])).toBe(
      "& 'C:\\Program Files\\x.exe' restart",
    );
    expect(powershellCommand(['.\\x.exe', '--a=1'])).toBe(".\\x.exe '--a=1'");
  });
});
