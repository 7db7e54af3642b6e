import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DnsName } from '../../../shared/domain/dns-name.ts';
import { matchesPattern, parseNamePattern } from '../../../shared/domain/name-pattern.ts';
import { namePattern } from './support.ts';

/** Whether `name` fits, be it a name or not. */
const fitsPattern = (pattern: string, name: string) => matchesPattern(namePattern(pattern), name as DnsName);

describe('name patterns', () => {
  test.each([
    { pattern: 'web-01', name: 'web-01', fits: true },
    { pattern: 'web-01', name: 'web-011', fits: false },
    { pattern: 'WEB-*', name: 'web-01', fits: true },
    { pattern: 'web-*', name: 'web-01', fits: true },
    { pattern: 'web-*', name: 'web-', fits: false },
    { pattern: 'web-*', name: 'web-01.example.com', fits: false },
    { pattern: '*.example.com', name: 'a.example.com', fits: true },
    { pattern: '*.example.com', name: 'a.b.example.com', fits: false },
    { pattern: '*.example.com', name: '.example.com', fits: false },
    { pattern: '*.example.com', name: 'example.com', fits: false },
    { pattern: '*.example.com', name: 'a-example.com', fits: false },
    { pattern: '*.*.example.com', name: 'a.b.example.com', fits: true },
    { pattern: 'a*b*c', name: 'axbxbxc', fits: true },
    { pattern: 'a*b*c', name: 'abc', fits: false },
    { pattern: '*', name: 'anything', fits: true },
    { pattern: '*', name: '', fits: false },
    { pattern: '*', name: 'a.b', fits: false },
  ])('$pattern and $name: $fits', ({ pattern, name, fits }) => {
    expect(fitsPattern(pattern, name)).toBe(fits);
  });

  test('have no case', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9._*-]{1,20}$/).filter((pattern) => !pattern.includes('**'));
    fc.assert(
      fc.property(text, (pattern) => {
        expect(parseNamePattern(pattern)).toBe(pattern.toLowerCase());
      }),
    );
  });

  test.each(['', '**', 'a b', 'a/b', 'é', '\u212A', '[a-z]', 'a?', 'x'.repeat(254), 'a\n'])(
    'may not be %j',
    (text) => {
      expect(parseNamePattern(text)).toBeUndefined();
    },
  );

  test('mean what the same regular expression means', () => {
    // Few letters, so that patterns meet names by chance; the star is over-represented on purpose.
    const pattern = fc
      .string({ unit: fc.constantFrom('a', 'b', '.', '*', '*'), minLength: 1, maxLength: 8 })
      .filter((text) => parseNamePattern(text) !== undefined);
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, name, (text, candidate) => {
        const oracle = new RegExp(`^${text.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`);
        expect(fitsPattern(text, candidate)).toBe(oracle.test(candidate));
      }),
      { numRuns: 5_000 },
    );
  });

  test('end on the worst input', () => {
    const pattern = `${'*a'.repeat(100)}b`;
    const name = 'a'.repeat(253);
    // A backtracking matcher would never come back from this.
    expect(fitsPattern(pattern, name)).toBe(false);
  });
});
