import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOLDERS_KEPT } from '../../../shared/domain/holders.ts';
import { instant } from '../../../shared/domain/instant.ts';
import {
  claimName,
  currentHolder,
  type NameHolder,
  type NameRecord,
  releaseName,
} from '../../../shared/domain/name-record.ts';
import { newSerialNumber, type SerialNumber } from '../../../shared/domain/serial-number.ts';
import { commonName } from './support.ts';

const NOW = instant(1_800_000_000);
const FREE: NameRecord = { name: commonName('web-01'), version: 0, holders: [], blocked: [] };

describe('the record of a name', () => {
  test('has no holder before the first claim', () => {
    expect(currentHolder(FREE, 'agent', NOW)).toBeUndefined();
  });

  test('is held by the last claim of the profile', () => {
    const record = claimName(claimName(FREE, holder(1), NOW), holder(2), NOW);
    expect(currentHolder(record, 'agent', NOW)).toEqual(holder(2));
  });

  test('is held in each profile on its own', () => {
    const record = claimName(claimName(FREE, holder(1), NOW), holder(2, 'proxy'), NOW);
    expect(currentHolder(record, 'agent', NOW)).toEqual(holder(1));
    expect(currentHolder(record, 'proxy', NOW)).toEqual(holder(2, 'proxy'));
    expect(currentHolder(record, 'fleet-server', NOW)).toBeUndefined();
  });

  test('goes back to the earlier holder when a later claim is given up', () => {
    const record = claimName(claimName(FREE, holder(1), NOW), holder(2), NOW);
    expect(currentHolder(releaseName(record, serial(2)), 'agent', NOW)).toEqual(holder(1));
  });

  test('stays with the later holder when the earlier claim is given up', () => {
    const record = claimName(claimName(FREE, holder(1), NOW), holder(2), NOW);
    expect(currentHolder(releaseName(record, serial(1)), 'agent', NOW)).toEqual(holder(2));
  });

  test('is free when its only claim is given up', () => {
    const record = releaseName(claimName(FREE, holder(1), NOW), serial(1));
    expect(currentHolder(record, 'agent', NOW)).toBeUndefined();
    expect(record.holders).toEqual([]);
  });

  test('is free one second after its holder expired, not at that second', () => {
    const record = claimName(FREE, holder(1, 'agent', 10), NOW);
    expect(currentHolder(record, 'agent', instant(NOW + 10))).toBeDefined();
    expect(currentHolder(record, 'agent', instant(NOW + 11))).toBeUndefined();
  });

  test('forgets expired holders at the next claim, so that it does not grow', () => {
    const first = claimName(FREE, holder(1, 'agent', 10), NOW);
    const second = claimName(first, holder(2), instant(NOW + 11));
    expect(second.holders).toEqual([holder(2)]);
  });

  test('remembers so many holders of a profile, however often the name is replaced', () => {
    const profiles = ['agent', 'proxy'] as const;
    const claims = Array.from({ length: 1000 }, (_, i) => ({
      ...holder(1, profiles[i % 2]),
      serialNumber: `01${i.toString(16).padStart(34, '0')}` as SerialNumber,
    }));
    const record = claims.reduce((name, claim) => claimName(name, claim, NOW), FREE);
    expect(record.holders).toEqual(claims.slice(-2 * HOLDERS_KEPT));
  });

  test('remembers the holder that ends last, however many claims end before it', () => {
    const claims = Array.from({ length: 100 }, (_, i) => holder(i + 2, 'agent', 10));
    const first = claimName(FREE, holder(1, 'agent', 1000), NOW);
    const record = claims.reduce((name, claim) => claimName(name, claim, NOW), first);
    expect(record.holders).toHaveLength(HOLDERS_KEPT);
    expect(currentHolder(record, 'agent', NOW)).toEqual(claims.at(-1));
    expect(currentHolder(record, 'agent', instant(NOW + 11))).toEqual(holder(1, 'agent', 1000));
  });

  test('remembers the holder of one profile, however often the name is replaced in another', () => {
    const claims = Array.from({ length: 100 }, (_, i) => holder(i + 2));
    const first = claimName(FREE, holder(1, 'proxy'), NOW);
    const record = claims.reduce((name, claim) => claimName(name, claim, NOW), first);
    expect(currentHolder(record, 'proxy', NOW)).toEqual(holder(1, 'proxy'));
  });

  test('does not hold a certificate twice when its claim is repeated', () => {
    const record = claimName(claimName(FREE, holder(1), NOW), holder(1), NOW);
    expect(record.holders).toEqual([holder(1)]);
  });

  test('moves its version with each write, and keeps its name and blocks', () => {
    const blocked: NameRecord = { ...FREE, blocked: ['proxy'] };
    const claimed = claimName(blocked, holder(1), NOW);
    const released = releaseName(claimed, serial(1));
    expect([claimed.version, released.version]).toEqual([1, 2]);
    expect(released).toEqual({ ...blocked, version: 2 });
  });

  test('after any claim that is given up again has the holders of before', () => {
    const claims = fc.uniqueArray(fc.nat({ max: 200 }), { maxLength: 6 });
    fc.assert(
      fc.property(claims, fc.integer({ min: 201, max: 255 }), (earlier, last) => {
        const before = earlier.reduce((record, n) => claimName(record, holder(n), NOW), FREE);
        const after = releaseName(claimName(before, holder(last), NOW), serial(last));
        expect(after.holders).toEqual(before.holders);
      }),
    );
  });
});

function serial(n: number) {
  return newSerialNumber((length) => new Uint8Array(length).fill(n));
}

function holder(n: number, profile: NameHolder['profile'] = 'agent', life = 1000): NameHolder {
  const publicKeySha256 = n.toString(16).padStart(64, '0');
  return { profile, serialNumber: serial(n), publicKeySha256, notAfter: instant(NOW + life) };
}
