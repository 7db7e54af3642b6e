import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  fromDate,
  instant,
  parseRfc3339,
  plus,
  systemClock,
  toDate,
  toRfc3339,
} from '../../../shared/domain/instant.ts';

const AT = instant(Date.parse('2026-11-23T05:45:55Z') / 1000);
/** The years that RFC 3339 can write. */
const seconds = fc.integer({
  min: Date.parse('0000-01-01T00:00:00Z') / 1000,
  max: Date.parse('9999-12-31T23:59:59Z') / 1000,
});

describe('instants', () => {
  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('are whole seconds: not %p', (value) => {
    expect(() => instant(value)).toThrow(`not whole seconds: ${value}`);
  });

  test('cut the fraction of a date, towards the past on both sides of 1970', () => {
    expect(fromDate(new Date(1_999))).toBe(1);
    expect(fromDate(new Date(-1))).toBe(-1);
  });

  test('refuse a date that is none', () => {
    expect(() => fromDate(new Date('never'))).toThrow('not whole seconds');
  });

  test('are added to in seconds', () => {
    expect(toRfc3339(plus(AT, 5))).toBe('2026-11-23T05:46:00Z');
    expect(() => plus(AT, 0.1)).toThrow(RangeError);
  });

  test('are what the system clock tells', () => {
    const before = Math.floor(Date.now() / 1000);
    const now = systemClock();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test('are written in UTC without fractions', () => {
    expect(toRfc3339(AT)).toBe('2026-11-23T05:45:55Z');
    expect(toDate(AT).toISOString()).toBe('2026-11-23T05:45:55.000Z');
  });

  test('read back what they wrote', () => {
    fc.assert(
      fc.property(seconds, (value) => {
        expect(parseRfc3339(toRfc3339(instant(value)))).toBe(value);
      }),
    );
  });

  test.each([
    { name: 'an offset east', text: '2026-11-23T07:15:55+01:30' },
    { name: 'an offset west over midnight', text: '2026-11-22T21:45:55-08:00' },
    { name: 'a fraction, which is cut', text: '2026-11-23T05:45:55.999999Z' },
    { name: 'lower case (RFC 3339 section 5.6)', text: '2026-11-23t05:45:55z' },
  ])('read $name', ({ text }) => {
    expect(parseRfc3339(text)).toBe(AT);
  });

  test('read 29 February of a leap year', () => {
    expect(parseRfc3339('2028-02-29T00:00:00Z')).toBe(Date.parse('2028-02-29T00:00:00Z') / 1000);
  });

  test.each([
    { name: 'a date alone', text: '2026-11-23' },
    { name: 'no offset', text: '2026-11-23T05:45:55' },
    { name: 'a blank for the T', text: '2026-11-23 05:45:55Z' },
    { name: '30 February', text: '2026-02-30T00:00:00Z' },
    { name: '29 February of a common year', text: '2026-02-29T00:00:00Z' },
    { name: '31 April', text: '2026-04-31T00:00:00+02:00' },
    { name: 'month 13', text: '2026-13-01T00:00:00Z' },
    { name: 'month 0', text: '2026-00-01T00:00:00Z' },
    { name: 'hour 24', text: '2026-01-01T24:00:00Z' },
    { name: 'a leap second', text: '2016-12-31T23:59:60Z' },
    { name: 'an offset of 24 hours', text: '2026-01-01T00:00:00+24:00' },
    { name: 'an offset without colon', text: '2026-01-01T00:00:00+0200' },
    { name: 'five digits of year', text: '12026-01-01T00:00:00Z' },
    { name: 'white space after it', text: '2026-11-23T05:45:55Z\n' },
    { name: 'a comma', text: '2026-11-23T05:45:55,5Z' },
  ])('refuse $name', ({ text }) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });
});
