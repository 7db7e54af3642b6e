import { beforeAll, describe, expect, test } from '@jest/globals';
import { NOW, sampleReservation, sampleToken, serialNumber } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

describe.each(STORES)('what was reported of expiring certificates, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  async function reserved() {
    const token = sampleToken({ maxUses: 16 });
    await subject.ports.createToken(token);
    const reservation = sampleReservation(token);
    await subject.ports.reserve(reservation, NOW);
    return reservation.record;
  }

  test('tells who holds the name, and nothing reported yet', async () => {
    const [first, second] = [await reserved(), await reserved()];
    const stranger = { ...second, serialNumber: serialNumber() };
    const other = { ...first, profile: 'proxy' as const };
    expect(await subject.ports.readForReport([second, stranger, other, first], NOW)).toEqual([
      { holder: second.serialNumber, reportedDays: undefined },
      { holder: second.serialNumber, reportedDays: undefined },
      { holder: undefined, reportedDays: undefined },
      { holder: first.serialNumber, reportedDays: undefined },
    ]);
  });

  test('keeps the lowest number of days', async () => {
    const record = await reserved();
    for (const [days, expected] of [
      [7, 7],
      [3, 3],
      [7, 3],
      [3, 3],
      [1, 1],
    ] as const) {
      await subject.ports.noteReported(record, days);
      expect(await subject.ports.readForReport([record], NOW)).toMatchObject([{ reportedDays: expected }]);
    }
  });

  test('of none is none', async () => {
    expect(await subject.ports.readForReport([], NOW)).toEqual([]);
  });
});
