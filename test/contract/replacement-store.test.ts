import { beforeAll, describe, expect, test } from '@jest/globals';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import type { Replacement } from '../../shared/domain/replacement.ts';
import { NOW, sampleReservation, sampleToken } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const one: Replacement = {
  id: 'A1b2C3d4E5f6G7h8',
  selector: { issuerId: 'issuer-1', profile: 'agent', notAfterBefore: plus(NOW, 40 * DAY) },
  createdAt: NOW,
  createdBy: 'arn:aws:iam::111122223333:role/ca-admin',
  by: plus(NOW, DAY),
  certificates: 3,
};

describe.each(STORES)('mass replacements, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  test('are made once, listed oldest first, and ended', async () => {
    const { ports } = subject;
    expect(await ports.replacements()).toEqual([]);
    const later = { ...one, id: 'B1b2C3d4E5f6G7h8', selector: {}, createdAt: plus(NOW, 1) };
    await ports.createReplacement(later);
    await ports.createReplacement(one);
    await expect(ports.createReplacement(one)).rejects.toMatchObject({ code: 'try_again' });
    expect(await ports.replacements()).toEqual([one, later]);
    expect(await ports.deleteReplacement(one)).toBe(true);
    expect(await ports.deleteReplacement(one)).toBe(false);
    expect(await ports.replacements()).toEqual([later]);
  });

  test('count the live certificates that they would select', async () => {
    const { ports } = subject;
    const token = sampleToken({ maxUses: 16 });
    await ports.createToken(token);
    for (const [days, issuerId] of [
      [1, 'issuer-1'],
      [20, 'issuer-1'],
      [200, 'issuer-1'],
      [20, 'issuer-2'],
    ] as const) {
      const validity = { notBefore: NOW, notAfter: plus(NOW, days * DAY) };
      const { record, ...rest } = sampleReservation(token, { issuerId, validity });
      await ports.reserve({ ...rest, record }, NOW);
      const issued = { certificate: Uint8Array.of(1), issuedAt: NOW, attempts: [] };
      await ports.commit(record, issued);
    }
    await ports.reserve(sampleReservation(token), NOW);
    const count = (selector: Replacement['selector'], now = NOW) =>
      ports.countSelected(selector, now, () => 20_000);
    expect(await count({})).toBe(4);
    expect(await count({ issuerId: 'issuer-1' })).toBe(3);
    expect(await count({ issuerId: 'issuer-1', profile: 'proxy' })).toBe(0);
    expect(await count({ profile: 'agent', notAfterBefore: plus(NOW, 100 * DAY) })).toBe(3);
    expect(await count({ notAfterBefore: plus(NOW, -DAY) })).toBe(0);
    expect(await count({}, plus(NOW, 2 * DAY))).toBe(3);
    expect(await ports.countSelected({}, NOW, () => 1000)).toBeUndefined();
  });
});
