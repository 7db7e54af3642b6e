import { beforeEach, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { type Instant, plus } from '../../../shared/domain/instant.ts';
import { claimName } from '../../../shared/domain/name-record.ts';
import { endingServers, reportExpiry } from '../../../shared/rotation/expiry-report.ts';
import { fakeEvents } from '../../fakes/events.ts';
import { type FakeStore, fakeStore } from '../../fakes/store.ts';
import { freeName, NOW, sampleRecord, sampleRevocation, serialNumber } from '../../support/records.ts';

let store: FakeStore;
let bus: ReturnType<typeof fakeEvents>;
beforeEach(() => {
  store = fakeStore();
  bus = fakeEvents();
});

/** Of 30 days, its end so many days after {@link NOW}; its window ends 5 days before that at the latest. */
function issued(endsIn: number, changes: Partial<CertificateRecord> = {}): CertificateRecord {
  const reservedAt = plus(NOW, (endsIn - 30) * DAY);
  const record = sampleRecord({ state: 'ISSUED', reservedAt, issuedAt: reservedAt, ...changes });
  store.tables.records.set(record.serialNumber, record);
  const holder = { ...record, notAfter: record.validity.notAfter };
  const name = store.tables.names.get(record.name) ?? freeName(record.name);
  store.tables.names.set(record.name, claimName(name, holder, reservedAt));
  return record;
}

const run = (now: Instant = NOW, remainingMilliseconds = () => 300_000) =>
  reportExpiry({ certificates: store, ledger: store, events: bus, clock: () => now, remainingMilliseconds });

const published = () => bus.published.map(({ id }) => id);

describe('the report of expiring certificates', () => {
  test('has an event for what ends soon and was not renewed, with the days that are left at most', async () => {
    const record = issued(3, { dnsNames: [] });
    const { counts, ...rest } = await run();
    expect(rest).toEqual({ published: 1, failed: [], complete: true });
    expect(counts).toEqual([{ profile: 'agent', days: 3, count: 1 }]);
    expect(bus.published).toEqual([
      {
        id: `certificate.expiring/${record.serialNumber}/3`,
        type: 'certificate.expiring',
        at: NOW,
        detail: expect.objectContaining({
          serialNumber: record.serialNumber,
          issuer: 'issuer-1',
          profile: 'agent',
          name: record.name,
          notAfter: '2026-11-26T06:00:00Z',
          daysLeft: 3,
        }),
      },
    ]);
  });

  test.each<{ name: string; arrange: () => unknown }>([
    { name: 'ends later', arrange: () => issued(15) },
    { name: 'has ended', arrange: () => issued(-1) },
    { name: 'may still renew in its window', arrange: () => issued(9) },
    { name: 'is revoked', arrange: () => issued(2, { state: 'REVOKED', revocation: sampleRevocation() }) },
    { name: 'was never signed', arrange: () => issued(2, { state: 'RESERVED' }) },
    {
      name: 'was renewed, or whose host enrolled again',
      arrange: () => {
        const { name } = issued(2);
        issued(29, { name, serialNumber: serialNumber() });
      },
    },
  ])('leaves out what $name', async ({ arrange }) => {
    arrange();
    expect(await run()).toMatchObject({ counts: [], published: 0 });
    expect(published()).toEqual([]);
  });

  test('has one event for each number of days, however often it runs', async () => {
    const { serialNumber: serial } = issued(5);
    for (const day of [0, 0, 1, 2, 2, 3, 4, 4.5]) await run(plus(NOW, day * DAY));
    expect(published()).toEqual([7, 3, 1].map((days) => `certificate.expiring/${serial}/${days}`));
  });

  test('counts also what it has reported before', async () => {
    issued(1);
    issued(1, { profile: 'proxy' });
    issued(5);
    await run();
    const report = await run();
    expect(report.published).toBe(0);
    expect(report.counts).toEqual([
      { profile: 'agent', days: 1, count: 1 },
      { profile: 'proxy', days: 1, count: 1 },
      { profile: 'agent', days: 7, count: 1 },
    ]);
    expect(endingServers(report)).toBe(1);
  });

  test.each(['before', 'after'] as const)(
    'a bus that fails %s it takes them: the next run tries again',
    async (when) => {
      const records = Array.from({ length: 12 }, () => issued(2));
      bus.failing = when;
      const first = await run();
      expect([first.published, first.failed.length]).toEqual([0, 2]);
      bus.failing = undefined;
      expect(await run()).toMatchObject({ published: 12, failed: [] });
      const ids = records.map(({ serialNumber: serial }) => `certificate.expiring/${serial}/3`);
      expect(new Set(published())).toEqual(new Set(ids));
      expect(published()).toHaveLength(when === 'before' ? 12 : 24);
      await run();
      expect(published()).toHaveLength(when === 'before' ? 12 : 24);
    },
  );

  test('two runs at once publish the same ids', async () => {
    issued(2);
    await Promise.all([run(), run()]);
    expect(new Set(published()).size).toBe(1);
  });

  test('stops where time runs out, and says so; the next run does the rest', async () => {
    for (let i = 0; i < 501; i++) issued(2);
    const cutOff = await run(NOW, () => 20_000);
    expect([cutOff.complete, cutOff.published]).toEqual([false, 500]);
    expect(await run()).toMatchObject({ complete: true, published: 1 });
  });
});
