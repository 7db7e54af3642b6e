import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatToken,
  parseToken,
  randomBase62,
  SECRET_LENGTH,
  TOKEN_ID_LENGTH,
  useSlotCapacity,
  useSlotCount,
} from '../../../shared/domain/bootstrap-token.ts';

describe('use counters of a token', () => {
  test.each([
    { maxUses: 1, slots: 1 },
    { maxUses: 15, slots: 1 },
    { maxUses: 16, slots: 2 },
    { maxUses: 127, slots: 15 },
    { maxUses: 128, slots: 16 },
    { maxUses: 1_000_000, slots: 16 },
  ])('of $maxUses uses are $slots', ({ maxUses, slots }) => {
    expect(useSlotCount(maxUses)).toBe(slots);
  });

  test('add up to the uses, none of them empty, none more than one above another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (maxUses) => {
        const capacities = Array.from({ length: useSlotCount(maxUses) }, (_, slot) =>
          useSlotCapacity(maxUses, slot),
        );
        expect(capacities.reduce((sum, capacity) => sum + capacity, 0)).toBe(maxUses);
        expect(Math.min(...capacities)).toBeGreaterThanOrEqual(1);
        expect(Math.max(...capacities) - Math.min(...capacities)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('base62', () => {
  test('maps the octets below 248 evenly, four to a character, and draws again above', () => {
    const counts = new Map<string, number>();
    const octets = [...Array(256).keys()];
    // One octet at a time, each value once, so that all 248 usable ones give one character each.
    for (const character of randomBase62(() => Uint8Array.of(octets.shift() ?? 0), 248)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    expect(new Set(counts.values())).toEqual(new Set([4]));
  });

  test('skips octets of 248 and above wherever they stand', () => {
    const draws = [Uint8Array.of(255, 0, 248), Uint8Array.of(61, 250, 1)];
    expect(randomBase62(() => draws.shift() ?? Uint8Array.of(), 3)).toBe('0z1');
  });

  test('gives exactly the length asked for', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100 }), (length) => {
        expect(randomBase62(randomBytes, length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`));
      }),
    );
  });

  test('of the length of a secret holds 256 bits', () => {
    expect(62n ** BigInt(SECRET_LENGTH)).toBeGreaterThan(2n ** 256n);
    expect(62n ** BigInt(SECRET_LENGTH - 1)).toBeLessThan(2n ** 256n);
  });
});

describe('the text of a token', () => {
  const base62 = (length: number) => fc.stringMatching(new RegExp(`^[0-9A-Za-z]{${length}}$`));

  test('is read back', () => {
    fc.assert(
      fc.property(base62(TOKEN_ID_LENGTH), base62(SECRET_LENGTH), (id, secret) => {
        expect(parseToken(formatToken(id, secret))).toEqual({ id, secret });
      }),
    );
  });

  const id = 'i'.repeat(TOKEN_ID_LENGTH);
  const secret = 's'.repeat(SECRET_LENGTH);
  test.each([
    { name: 'nothing', text: '' },
    { name: 'another prefix', text: `tok_${id}_${secret}` },
    { name: 'an upper-case prefix', text: `FST_${id}_${secret}` },
    { name: 'a short id', text: `fst_${id.slice(1)}_${secret}` },
    { name: 'a long id', text: `fst_${id}i_${secret}` },
    { name: 'a short secret', text: `fst_${id}_${secret.slice(1)}` },
    { name: 'a long secret', text: `fst_${id}_${secret}s` },
    { name: 'a character outside base62', text: `fst_${id}_${secret.slice(1)}-` },
    { name: 'a line break', text: `fst_${id}_${secret}\n` },
    { name: 'a scheme before it', text: `Bearer fst_${id}_${secret}` },
  ])('is not $name', ({ text }) => {
    expect(parseToken(text)).toBeUndefined();
  });
});
