import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { didYouMean } from '../../../shared/errors/did-you-mean.ts';

const KNOWN = ['linux', 'macos', 'windows', 'container'] as const;
const SYNONYMS = { darwin: 'macos' } as const;

describe('what a caller may have meant', () => {
  test.each([
    { name: 'case and signs', given: '  MAC-OS ', value: 'macos' },
    { name: 'a synonym', given: 'Darwin', value: 'macos' },
    { name: 'a beginning', given: 'win', value: 'windows' },
    { name: 'more than the value', given: 'Windows Server 2025', value: 'windows' },
    { name: 'a letter too few', given: 'linx', value: 'linux' },
    { name: 'two letters that changed places', given: 'wnidows', value: 'windows' },
    { name: 'two wrong letters', given: 'contaimet', value: 'container' },
  ])('$name: $given', ({ given, value }) => {
    expect(didYouMean(given, KNOWN, SYNONYMS)).toBe(`. Did you mean "${value}"?`);
  });

  test('is the value that goes on as it begins, before one that it goes on from', () => {
    const known = ['directory', 'directoryVariable'] as const;
    expect(didYouMean('directoryVar', known)).toBe('. Did you mean "directoryVariable"?');
    expect(didYouMean('directoryName', known)).toBe('. Did you mean "directory"?');
    expect(didYouMean('dir', known)).toBe('. Did you mean "directory"?');
  });

  test.each(['', 'solaris', 'li', 'constructor', '__proto__', 'x'.repeat(10_000)])(
    'is not known of "%s"',
    (given) => {
      expect(didYouMean(given, KNOWN, SYNONYMS)).toBe('');
    },
  );

  test('is a value of the table or nothing, for any text', () => {
    const answers = ['', ...KNOWN.map((value) => `. Did you mean "${value}"?`)];
    fc.assert(fc.property(fc.string(), (given) => answers.includes(didYouMean(given, KNOWN, SYNONYMS))));
  });

  test.each(KNOWN)('is %s where it is said with one letter wrong', (value) => {
    for (let at = 0; at < value.length; at++)
      expect(didYouMean(`${value.slice(0, at)}q${value.slice(at + 1)}`, KNOWN)).toContain(value);
  });
});
