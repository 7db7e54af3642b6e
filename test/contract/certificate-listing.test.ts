import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CertificateRecord, CertificateSummary } from '../../shared/domain/certificate-record.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import type { ProfileName } from '../../shared/domain/profile.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import {
  commonName,
  NOW,
  sampleReservation,
  sampleRoot,
  sampleToken,
  serialNumber,
} from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

type Query = Omit<Parameters<StoreSubject['ports']['listCertificates']>[0], 'limit' | 'cursor' | 'now'>;

describe.each(STORES)('listing certificates, on $name', ({ start }) => {
  let subject: StoreSubject;
  const token = sampleToken({ maxUses: 1_000_000 });
  beforeEach(async () => {
    subject = await start();
    await subject.ports.reserveRoot(sampleRoot({ createdAt: plus(NOW, -100 * DAY) }));
    await subject.ports.createToken(token);
  });

  async function reserve(changes: Partial<CertificateRecord>): Promise<CertificateRecord> {
    const { record, name } = sampleReservation(token, changes);
    const known = await subject.ports.name(record.name);
    const reservation = {
      record,
      name: { ...name, version: known.version + 1 },
      exclusive: [],
      followUntil: token.expiresAt,
    };
    expect(await subject.ports.reserve(reservation, NOW)).toBe('reserved');
    return record;
  }

  const issued = { certificate: Uint8Array.of(1), issuedAt: NOW, attempts: [] };

  async function add(changes: Partial<CertificateRecord>): Promise<CertificateRecord> {
    const record = await reserve(changes);
    await subject.ports.commit(record, issued);
    return record;
  }

  /** A certificate that ends `days` from now, and some seconds. */
  const ending = (days: number, seconds = 0) => ({
    validity: { notBefore: plus(NOW, (days - 30) * DAY), notAfter: plus(NOW, days * DAY + seconds) },
  });

  async function all(query: Query = {}, limit = 10): Promise<CertificateSummary[]> {
    const found: CertificateSummary[] = [];
    let cursor: string | undefined;
    do {
      const page = await subject.ports.listCertificates({
        ...query,
        limit,
        now: NOW,
        ...(cursor && { cursor }),
      });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      found.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return found;
  }

  const serials = (found: readonly { readonly serialNumber: string }[]) =>
    found.map((one) => one.serialNumber);
  const byExpiry = (a: CertificateRecord, b: CertificateRecord) =>
    a.validity.notAfter - b.validity.notAfter || (a.serialNumber < b.serialNumber ? -1 : 1);

  test('by expiry, soonest first: expired ones, those of one second, and the farthest that there can be', async () => {
    const days = [-95, -60, -31, -1, 0, 0, 0, 1, 5, 5, 30, 31, 60, 61, 200, 396];
    const records = await Promise.all(days.map((day) => add(ending(day))));
    const expected = serials(records.sort(byExpiry));
    for (const limit of [2, 5, 100]) expect(serials(await all({}, limit))).toEqual(expected);
  });

  test('after years without a certificate the first page is not empty', async () => {
    const fresh = await start();
    await fresh.ports.reserveRoot(sampleRoot({ createdAt: plus(NOW, -2 * 365 * DAY) }));
    await fresh.ports.createToken(token);
    const { record, ...rest } = sampleReservation(token);
    await fresh.ports.reserve({ record, ...rest }, NOW);
    await fresh.ports.commit(record, issued);
    const { items } = await fresh.ports.listCertificates({ limit: 10, now: NOW });
    expect(serials(items)).toEqual([record.serialNumber]);
  });

  test('a line holds the record without keys and bytes, once it is issued', async () => {
    const record = await reserve({ ...ending(10), dnsNames: [], requestId: 'r' });
    const { serialNumber: serial, ...rest } = record;
    expect([await all(), await all({ name: record.name })]).toEqual([[], []]);
    await subject.ports.commit(record, issued);
    const line = {
      serialNumber: serial,
      issuerId: rest.issuerId,
      profile: rest.profile,
      name: rest.name,
      dnsNames: [],
      ipAddresses: [],
      validity: rest.validity,
      publicKeySha256: rest.publicKeySha256,
      tokenId: rest.tokenId,
      reservedAt: rest.reservedAt,
    };
    expect(await all()).toEqual([{ ...line, state: 'ISSUED', issuedAt: NOW }]);
    expect(await all({ name: rest.name })).toEqual([{ ...line, state: 'ISSUED', issuedAt: NOW }]);
  });

  test('expiresAfter leaves out what had expired, with all names and with one', async () => {
    const name = commonName();
    const records: CertificateRecord[] = [];
    for (const day of [-95, -31, -1, 0, 3, 40]) records.push(await add({ ...ending(day), name }));
    const live = serials(records.sort(byExpiry).slice(3));
    for (const limit of [1, 2, 10]) {
      expect(serials(await all({ expiresAfter: NOW }, limit))).toEqual(live);
      expect(serials(await all({ expiresAfter: NOW, name }, limit))).toEqual(live.toReversed());
    }
    const from = plus(NOW, 3 * DAY);
    expect(serials(await all({ expiresAfter: from }))).toEqual(live.slice(1));
    expect(await all({ expiresAfter: plus(from, 1), expiresBefore: plus(from, DAY) })).toEqual([]);
  });

  test('a void one is listed, with the time of its end', async () => {
    const record = await reserve({ reservedAt: plus(NOW, -60), ...ending(10) });
    await subject.ports.voidReservation(record, undefined, [], NOW);
    const found = await all({ state: 'VOID' });
    expect(found).toMatchObject([{ serialNumber: record.serialNumber, state: 'VOID', revokedAt: NOW }]);
    expect(await all({ state: 'ISSUED' })).toEqual([]);
  });

  test('filters by state, profile and expiry pick out of many', async () => {
    const profiles: readonly ProfileName[] = ['agent', 'proxy'];
    const records = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        reserve({
          ...ending(index * 6 - 100),
          profile: profiles[index % 2] ?? 'agent',
          reservedAt: plus(NOW, -60),
        }),
      ),
    );
    const committed = records.filter((_, index) => index % 3 === 0);
    await Promise.all(
      records.map((record) =>
        committed.includes(record)
          ? subject.ports.commit(record, issued)
          : subject.ports.voidReservation(record, undefined, [], NOW),
      ),
    );
    const sorted = records.sort(byExpiry);
    const expiresBefore = plus(NOW, 100 * DAY);
    expect(serials(await all({ profile: 'proxy' }, 15))).toEqual(
      serials(sorted.filter(({ profile }) => profile === 'proxy')),
    );
    expect(serials(await all({ state: 'ISSUED' }, 15))).toEqual(
      serials(sorted.filter((record) => committed.includes(record))),
    );
    expect(serials(await all({ expiresBefore, profile: 'agent' }, 15))).toEqual(
      serials(sorted.filter((r) => r.profile === 'agent' && r.validity.notAfter < expiresBefore)),
    );
  });

  test.each([
    { name: 'at that second: left out', seconds: 0, listed: 0 },
    { name: 'a second earlier: listed', seconds: -1, listed: 1 },
  ])('expiresBefore, of one that ends $name', async ({ seconds, listed }) => {
    await add(ending(3, seconds));
    expect(await all({ expiresBefore: plus(NOW, 3 * DAY) })).toHaveLength(listed);
  });

  test('of a name, the latest expiry first, and of no other name', async () => {
    const name = commonName('web-01');
    const records: CertificateRecord[] = [];
    for (const day of [-20, 5, 90, 4]) records.push(await add({ ...ending(day), name }));
    await add({ ...ending(6), name: commonName('web-010') });
    await add({ ...ending(6), name: commonName('web-0') });
    const expected = serials(records.sort(byExpiry).reverse());
    for (const limit of [1, 2, 50]) expect(serials(await all({ name }, limit))).toEqual(expected);
    expect(serials(await all({ name, expiresBefore: plus(NOW, 5 * DAY) }))).toEqual(expected.slice(2));
    expect(await all({ name, profile: 'proxy' })).toEqual([]);
  });

  test('a name that has none lists none', async () => {
    expect(await all({ name: commonName('nobody') })).toEqual([]);
  });

  test('foreign cursors are refused with the way out', async () => {
    for (let index = 0; index < 4; index++) await add({ ...ending(5), name: commonName('web-01') });
    const first = await subject.ports.listCertificates({ limit: 1, now: NOW });
    const own = await subject.ports.listCertificates({ limit: 1, now: NOW, cursor: first.cursor ?? '' });
    expect(own.items).toHaveLength(1);
    const refused = {
      code: 'malformed_request',
      message:
        'cursor is not a cursor from this listing: pass the cursor from the previous page unchanged, or leave it out to start',
      errors: [{ pointer: '#/query/cursor' }],
    };
    const tamper = (change: (parts: unknown[]) => unknown) => {
      const parts = JSON.parse(Buffer.from(first.cursor ?? '', 'base64url').toString()) as unknown[];
      return Buffer.from(JSON.stringify(change(parts))).toString('base64url');
    };
    const foreign = [
      '',
      '%',
      'e30',
      tamper(([version, , ...rest]) => [version, 'tokens', ...rest]),
      tamper(([, ...rest]) => [2, ...rest]),
      tamper((parts) => [...parts, 'more']),
      tamper(([version, listing, , bound]) => [version, listing, '2026-11-23', bound]),
      tamper(([version, listing, after]) => [version, listing, after, '2026-13']),
      tamper(([version, listing, , bound]) => [version, listing, { S: 'x' }, bound]),
      // Behind the last month that four digits can write, a walk would never end.
      tamper(([version, listing]) => [version, listing, '9999-12', '9999-12']),
      tamper(([version, listing]) => [version, listing, `9999-12-31T23:59:59Z#${'1'.repeat(36)}`, '9999-12']),
    ];
    for (const cursor of foreign) {
      await expect(subject.ports.listCertificates({ limit: 1, now: NOW, cursor })).rejects.toMatchObject(
        refused,
      );
    }
    const ofName = { limit: 1, now: NOW, name: commonName('web-01'), cursor: first.cursor ?? '' };
    await expect(subject.ports.listCertificates(ofName)).rejects.toMatchObject(refused);
  });

  test('in order also where one shard of the index holds far more than the others', async () => {
    const shard = (last: string) => `${serialNumber().slice(0, -2)}${last}` as SerialNumber;
    const crowd = Array.from({ length: 20 }, (_, second) => ({
      ...ending(9, second),
      serialNumber: shard('00'),
    }));
    const few = [5, 10, 15].map((second) => ({ ...ending(9, second), serialNumber: shard('01') }));
    const records = await Promise.all([...crowd, ...few].map(add));
    for (const limit of [1, 12, 16])
      expect(serials(await all({}, limit))).toEqual(serials(records.sort(byExpiry)));
  });

  test('whatever there is, and whatever a page holds: paging to the end yields each exactly once, in order', async () => {
    // Few months and few endings of serial numbers, so that some shards of the index hold far more than a page.
    const ends = fc.record({
      day: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 5, max: 35 }) },
        { weight: 1, arbitrary: fc.integer({ min: -55, max: 390 }) },
      ),
      second: fc.nat(3),
      ending: fc.constantFrom('00', '00', '00', '01', '07'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(ends, { maxLength: 50, size: 'max' }),
        fc.integer({ min: 1, max: 20 }),
        async (made, limit) => {
          subject = await start();
          await subject.ports.reserveRoot(sampleRoot({ createdAt: plus(NOW, -60 * DAY) }));
          await subject.ports.createToken(token);
          const records = await Promise.all(
            made.map(({ day, second, ending: last }) =>
              add({
                ...ending(day, second),
                serialNumber: `${serialNumber().slice(0, -2)}${last}` as SerialNumber,
              }),
            ),
          );
          const expiresBefore = plus(NOW, 60 * DAY);
          const expected = records.filter(({ validity }) => validity.notAfter < expiresBefore).sort(byExpiry);
          expect(serials(await all({ expiresBefore }, limit))).toEqual(serials(expected));
          const late = expected.filter(({ validity }) => validity.notAfter >= NOW);
          expect(serials(await all({ expiresAfter: NOW, expiresBefore }, limit))).toEqual(serials(late));
        },
      ),
      { numRuns: 12 },
    );
  });
});
