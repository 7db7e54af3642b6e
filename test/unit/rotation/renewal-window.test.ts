import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR } from '../../../shared/domain/duration.ts';
import { type Instant, instant, plus } from '../../../shared/domain/instant.ts';
import { PROFILE_NAMES } from '../../../shared/domain/profile.ts';
import type { Replacement } from '../../../shared/domain/replacement.ts';
import { newSerialNumber } from '../../../shared/domain/serial-number.ts';
import {
  ASK_SECONDS,
  askAgainSeconds,
  type Renewable,
  renewalWindow,
  type WindowFacts,
} from '../../../shared/rotation/renewal-window.ts';
import { NOW, sampleRecord, serialNumber } from '../../support/records.ts';

const NOTHING: WindowFacts = { replacements: [] };

const record = sampleRecord({ validity: { notBefore: NOW, notAfter: plus(NOW, 30 * DAY) }, reservedAt: NOW });

function replacement(changes: Partial<Replacement> = {}): Replacement {
  return {
    id: 'A1b2C3d4E5f6G7h8',
    selector: { issuerId: 'issuer-1' },
    createdAt: plus(NOW, 5 * DAY),
    createdBy: 'arn:aws:iam::111122223333:role/ca-admin',
    by: plus(NOW, 7 * DAY),
    certificates: 1,
    ...changes,
  };
}

const windows = (facts: WindowFacts, count = 200) =>
  Array.from({ length: count }, () => renewalWindow({ ...record, serialNumber: serialNumber() }, facts));

const at = fc.integer({ min: NOW - DAY, max: NOW + 400 * DAY }).map(instant);

const anyRecord: fc.Arbitrary<Renewable> = fc.record({
  serialNumber: fc
    .uint8Array({ minLength: 18, maxLength: 18 })
    .map((octets) => newSerialNumber(() => octets)),
  issuerId: fc.constantFrom('issuer-1', 'issuer-2'),
  profile: fc.constantFrom(...PROFILE_NAMES),
  reservedAt: fc.constant(NOW),
  validity: fc.integer({ min: 0, max: 397 * DAY }).map((life) => ({
    notBefore: plus(NOW, -300),
    notAfter: plus(NOW, life),
  })),
});

const anyReplacement: fc.Arbitrary<Replacement> = fc
  .record({ profile: fc.constantFrom(...PROFILE_NAMES), createdAt: at, by: at })
  .map(({ profile, createdAt, by }) => replacement({ selector: { profile }, createdAt, by }));

const anyFacts: fc.Arbitrary<WindowFacts> = fc.record({
  issuer: fc.record(
    { state: fc.constantFrom('ACTIVE', 'DRAINING', 'COMPROMISED'), drainedAt: at, compromisedAt: at },
    { requiredKeys: ['state'] },
  ),
  replacements: fc.array(anyReplacement, { maxLength: 4 }),
});

describe('the window of any certificate', () => {
  test('lies in its life, and is at most half as long as what is left when it opens', () => {
    fc.assert(
      fc.property(anyRecord, anyFacts, (one, facts) => {
        const { start, end } = renewalWindow(one, facts);
        expect(start).toBeGreaterThanOrEqual(one.validity.notBefore);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(one.validity.notAfter);
        expect(end - start).toBeLessThanOrEqual((one.validity.notAfter - start) / 2);
      }),
    );
  });

  test('is the same however often it is asked for', () => {
    fc.assert(
      fc.property(anyRecord, anyFacts, (one, facts) =>
        expect(renewalWindow({ ...one }, { ...facts })).toEqual(renewalWindow(one, facts)),
      ),
    );
  });

  test('moves forward only, with every further reason', () => {
    fc.assert(
      fc.property(anyRecord, anyFacts, anyReplacement, (one, facts, more) => {
        const before = renewalWindow(one, facts);
        const after = renewalWindow(one, { ...facts, replacements: [...facts.replacements, more] });
        expect(after.start).toBeLessThanOrEqual(before.start);
        expect(after.end).toBeLessThanOrEqual(before.end);
        const usual = renewalWindow(one, NOTHING);
        expect(before.start).toBeLessThanOrEqual(usual.start);
        expect(before.end).toBeLessThanOrEqual(usual.end);
      }),
    );
  });

  test('opens no later for a certificate that ends earlier', () => {
    fc.assert(
      fc.property(anyRecord, fc.nat({ max: 300 * DAY }), (one, longer) => {
        const notAfter = plus(one.validity.notAfter, longer);
        const long = renewalWindow({ ...one, validity: { ...one.validity, notAfter } }, NOTHING);
        expect(renewalWindow(one, NOTHING).start).toBeLessThanOrEqual(long.start);
      }),
    );
  });
});

describe('the usual window', () => {
  test('opens between two thirds and three quarters of life, and leaves a sixth of it', () => {
    for (const { start, end } of windows(NOTHING)) {
      expect(start).toBeGreaterThanOrEqual(NOW + 20 * DAY);
      expect(start).toBeLessThan(NOW + 22.5 * DAY);
      expect(end).toBeLessThanOrEqual(NOW + 25 * DAY);
    }
  });

  test('of 10,000 certificates that were issued in one second: they open evenly', () => {
    const spread = Array<number>(10).fill(0);
    for (const { start } of windows(NOTHING, 10_000)) {
      const tenth = Math.floor((10 * (start - (NOW + 20 * DAY))) / (2.5 * DAY));
      spread[tenth] = (spread[tenth] ?? 0) + 1;
    }
    // Ten standard deviations of 30: no random draw gets there.
    for (const count of spread) expect(Math.abs(count - 1000)).toBeLessThan(300);
  });
});

describe('what moves windows forward', () => {
  const since = plus(NOW, 5 * DAY);
  test.each<{ name: string; facts: WindowFacts; last: number; by: number; says: RegExp }>([
    {
      name: 'a replacement',
      facts: { replacements: [replacement()] },
      last: 2 * DAY - ASK_SECONDS,
      by: 2 * DAY,
      says: /administrator replaces.*by 2026-11-30T06:00:00Z/,
    },
    {
      name: 'a replacement in a short time',
      facts: { replacements: [replacement({ by: plus(since, 8 * HOUR) })] },
      last: 4 * HOUR,
      by: 8 * HOUR,
      says: /administrator replaces/,
    },
    {
      name: 'a compromised issuer',
      facts: { replacements: [], issuer: { state: 'COMPROMISED', compromisedAt: since } },
      last: DAY - ASK_SECONDS,
      by: DAY,
      says: /issuer is compromised.*now/,
    },
    {
      name: 'a drained issuer',
      facts: { replacements: [], issuer: { state: 'DRAINING', drainedAt: since } },
      last: 10 * DAY - ASK_SECONDS,
      by: 10 * DAY,
      says: /issuer issues no more/,
    },
  ])('$name: windows are spread over the time that there is', ({ facts, last, by, says }) => {
    const all = windows(facts);
    const starts = all.map(({ start }) => start - since);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...starts)).toBeLessThan(last / 10);
    expect(Math.max(...starts)).toBeLessThan(last);
    expect(Math.max(...starts)).toBeGreaterThan((last * 9) / 10);
    for (const { end, explanation } of all) {
      expect(end).toBeLessThanOrEqual(since + by);
      expect(explanation).toMatch(says);
    }
  });

  test.each<{ name: string; changes: Partial<Replacement> }>([
    { name: 'of another issuer', changes: { selector: { issuerId: 'issuer-2' } } },
    { name: 'of another profile', changes: { selector: { issuerId: 'issuer-1', profile: 'proxy' } } },
    { name: 'of what ends earlier', changes: { selector: { notAfterBefore: record.validity.notAfter } } },
    { name: 'made before the certificate was', changes: { createdAt: plus(NOW, -1) } },
    { name: 'made after its life', changes: { createdAt: plus(NOW, 31 * DAY), by: plus(NOW, 40 * DAY) } },
    { name: 'later than the usual window', changes: { by: plus(NOW, 500 * DAY) } },
  ])('a replacement $name changes nothing for it', ({ changes }) => {
    const one = { ...record, serialNumber: LATE };
    expect(renewalWindow(one, { replacements: [replacement(changes)] })).toEqual(renewalWindow(one, NOTHING));
  });

  test('a replacement names nobody', () => {
    const { explanation } = renewalWindow(record, { replacements: [replacement()] });
    expect(explanation).not.toContain('arn:');
  });
});

/** Its place is in the last tenth of every spread. */
const LATE = (() => {
  for (;;) {
    const one = serialNumber();
    if (renewalWindow({ ...record, serialNumber: one }, NOTHING).start > NOW + 22.25 * DAY) return one;
  }
})();

describe('when to ask again', () => {
  const validity = { notBefore: NOW, notAfter: plus(NOW, 30 * DAY) };
  const start = plus(NOW, 20 * DAY);
  test.each<{ name: string; now: Instant; seconds: number }>([
    { name: 'long before', now: NOW, seconds: 6 * HOUR },
    { name: 'near the window', now: plus(start, -HOUR), seconds: HOUR },
    { name: 'a second before it', now: plus(start, -1), seconds: 60 },
    { name: 'at its start', now: start, seconds: HOUR },
    { name: 'when little is left', now: plus(validity.notAfter, -400), seconds: 100 },
    { name: 'in the last second', now: validity.notAfter, seconds: HOUR },
    { name: 'after the end', now: plus(validity.notAfter, DAY), seconds: HOUR },
  ])('$name', ({ now, seconds }) => {
    expect(askAgainSeconds({ start }, validity, now)).toBe(seconds);
  });
});
