import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY } from '../../../shared/domain/duration.ts';
import { instant } from '../../../shared/domain/instant.ts';
import { twoThirdsOfLife } from '../../../shared/domain/validity.ts';

const START = 1_800_000_000;

test.each([
  { name: '30 days', life: 30 * DAY, from: 20 * DAY },
  { name: '10 minutes', life: 600, from: 400 },
  { name: 'a life that thirds do not divide', life: 100, from: 66 },
  { name: 'no life at all', life: 0, from: 0 },
])('the last third of $name', ({ life, from }) => {
  const validity = { notBefore: instant(START), notAfter: instant(START + life) };
  expect(twoThirdsOfLife(validity)).toBe(START + from);
});

test('begins within the validity, in whole seconds', () => {
  const times = fc.tuple(fc.nat({ max: 4e9 }), fc.nat({ max: 7e8 }));
  fc.assert(
    fc.property(times, ([notBefore, life]) => {
      const from = twoThirdsOfLife({ notBefore: instant(notBefore), notAfter: instant(notBefore + life) });
      expect(Number.isSafeInteger(from)).toBe(true);
      expect(from).toBeGreaterThanOrEqual(notBefore);
      expect(Math.abs(from - notBefore - (life * 2) / 3)).toBeLessThan(1);
    }),
  );
});
