import { describe, expect, test } from '@jest/globals';
import { unknownValue } from '../../../shared/errors/unknown-value.ts';

const KNOWN = ['linux', 'macos'] as const;

describe('the message that refuses an unknown value', () => {
  test.each([
    { name: 'names the field, the value and what there is', given: 'solaris', options: {}, end: '' },
    { name: 'guesses', given: 'linx', options: {}, end: '. Did you mean "linux"?' },
    {
      name: 'guesses by synonyms, behind the way out',
      given: 'darwin',
      options: { synonyms: { darwin: 'macos' }, wayOut: ', or leave it out' },
      end: ', or leave it out. Did you mean "macos"?',
    },
    {
      name: 'has a hint of its own',
      given: 'linx',
      options: { hint: '. See the guide' },
      end: '. See the guide',
    },
  ] as const)('$name', ({ given, options, end }) => {
    expect(unknownValue('os', given, KNOWN, options)).toBe(
      `os "${given}" is not supported: use one of linux, macos${end}`,
    );
  });

  test('cuts the value and escapes its control characters', () => {
    expect(unknownValue('os', `\n${'x'.repeat(100)}`, KNOWN)).toBe(
      `os "\\n${'x'.repeat(63)}" is not supported: use one of linux, macos`,
    );
  });
});
