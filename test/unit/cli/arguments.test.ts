import { describe, expect, test } from '@jest/globals';
import { durationSeconds, isoDuration } from '../../../cli/arguments/duration.ts';
import { wholeNumber } from '../../../cli/arguments/numbers.ts';
import { tokenId } from '../../../cli/tokens/token-id.ts';

describe('a duration', () => {
  test.each([
    { text: '14d', seconds: 1_209_600 },
    { text: '36h', seconds: 129_600 },
    { text: '90m', seconds: 5400 },
    { text: '2w', seconds: 1_209_600 },
    { text: '45s', seconds: 45 },
    { text: 'P14D', seconds: 1_209_600 },
    { text: 'pt90m', seconds: 5400 },
  ])('$text is $seconds s', ({ text, seconds }) => {
    expect(durationSeconds(text)).toBe(seconds);
  });

  test.each(['', '14', 'd', '0d', '-1d', '1.5d', '14 d', 'P1M', '1y', '9999999d'])(
    '%j is refused',
    (text) => {
      expect(() => durationSeconds(text)).toThrow(/^Use a number with w, d, h, m \(minutes\) or s/);
    },
  );

  test('becomes ISO 8601 for the API', () => {
    expect(isoDuration('24h')).toBe('P1D');
  });
});

test.each(['0', '11', '1.5', '-1', '1e1', '', 'x'])('%j is no number from 1 to 10', (text) => {
  expect(() => wholeNumber(1, 10)(text)).toThrow('Use a whole number from 1 to 10.');
});

test('of a whole token, only the id is used', () => {
  expect(tokenId('fst_A1b2C3d4E5f6G7h8_secret')).toBe('A1b2C3d4E5f6G7h8');
  expect(tokenId('A1b2C3d4E5f6G7h8')).toBe('A1b2C3d4E5f6G7h8');
});
