import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration } from '../../../shared/domain/duration.ts';

describe('durations (ISO 8601)', () => {
  test.each([
    { text: 'PT0S', seconds: 0 },
    { text: 'P0D', seconds: 0 },
    { text: 'PT90S', seconds: 90 },
    { text: 'PT10M', seconds: 10 * MINUTE },
    { text: 'PT24H', seconds: DAY },
    { text: 'P1D', seconds: DAY },
    { text: 'P1DT2H3M4S', seconds: DAY + 2 * HOUR + 3 * MINUTE + 4 },
    { text: 'P2W', seconds: 14 * DAY },
    { text: 'P397D', seconds: 397 * DAY },
  ])('read $text as $seconds seconds', ({ text, seconds }) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each([
    { name: 'nothing', text: '' },
    { name: 'P alone', text: 'P' },
    { name: 'T without time', text: 'P1DT' },
    { name: 'years, whose length varies', text: 'P1Y' },
    { name: 'months, whose length varies', text: 'P1M' },
    { name: 'weeks mixed with days', text: 'P1W2D' },
    { name: 'units out of order', text: 'PT1S1M' },
    { name: 'a fraction', text: 'PT1.5H' },
    { name: 'a sign', text: '-P1D' },
    { name: 'lower case', text: 'p1d' },
    { name: 'a number alone', text: '30' },
    { name: 'time without T', text: 'P1H' },
    { name: 'white space', text: 'P1D\n' },
    { name: 'more digits than any setting needs', text: 'P123456D' },
  ])('refuse $name', ({ text }) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    { seconds: 0, text: 'PT0S' },
    { seconds: 86_400, text: 'P1D' },
    { seconds: 90, text: 'PT1M30S' },
    { seconds: 30 * DAY, text: 'P30D' },
    { seconds: DAY + 1, text: 'P1DT1S' },
  ])('write $seconds seconds as $text', ({ seconds, text }) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('read back what they wrote, up to 99,999 days', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 * DAY }), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });

  test('never throw, and answer whole seconds or nothing', () => {
    const near = fc.stringMatching(/^P[0-9WDTHMS]{0,12}$/);
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const seconds = parseDuration(text);
        expect(seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 0)).toBe(true);
      }),
    );
  });
});
