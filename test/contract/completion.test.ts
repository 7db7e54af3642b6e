import { beforeAll, describe, expect, test } from '@jest/globals';
import type { CertificateRecord } from '../../shared/domain/certificate-record.ts';
import { type Instant, instant, plus } from '../../shared/domain/instant.ts';
import { releaseName } from '../../shared/domain/name-record.ts';
import { SERVICE } from '../../shared/domain/revocation.ts';
import type { Reservation } from '../../shared/issuance/ports.ts';
import { NOW, sampleRecord, sampleReservation, sampleToken, serialNumber } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

/** The lease of a sample ends 30 seconds after NOW. */
const LEASED = plus(NOW, 30);
const AFTER_LEASE = plus(NOW, 31);
/** What the sweeper writes. */
const ABANDONED = { revokedAt: AFTER_LEASE, reason: 'unspecified', revokedBy: SERVICE };
const CERTIFICATE = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
const ATTEMPT = { at: NOW, requestId: '0f5d5b3e-6d0d-4a8e-9c1d-2f5f3a1b0c9d', outcome: 'ok' };
const ISSUED = { certificate: CERTIFICATE, issuedAt: NOW, attempts: [ATTEMPT] };

describe.each(STORES)('completing what was reserved, on $name', ({ start }) => {
  /** All pages of open reservations. */
  async function openBefore(before: Instant, limit = 10_000): Promise<readonly string[]> {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await subject.ports.openReservations({ before, limit, cursor });
      found.push(...page.items.map(({ serialNumber: serial }) => serial));
      cursor = page.cursor;
    } while (cursor !== undefined);
    return found;
  }

  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  async function reserved(changes: Partial<CertificateRecord> = {}): Promise<Reservation> {
    const token = sampleToken();
    await subject.ports.createToken(token);
    const reservation = sampleReservation(token, changes);
    expect(await subject.ports.reserve(reservation, NOW)).toBe('reserved');
    return reservation;
  }

  const voidIt = ({ record, name }: Reservation, at = AFTER_LEASE) =>
    subject.ports.voidReservation(record, releaseName(name, record.serialNumber), [], at);

  describe('leases', () => {
    test.each([
      { name: 'the second of its end', at: LEASED, owner: 'worker-1' },
      { name: 'the second after its end', at: AFTER_LEASE, owner: 'worker-2' },
    ])('in $name, the lease is held by $owner', async ({ at, owner }) => {
      const { record } = await reserved();
      const lease = { owner: 'worker-2', until: plus(at, 30) };
      const seen = await subject.ports.takeLease(record.serialNumber, lease, at);
      expect(seen?.lease.owner).toBe(owner);
      expect(await subject.ports.certificate(record.serialNumber)).toEqual(seen);
    });

    test('of 20 that want a lease that ended, one gets it', async () => {
      const { record } = await reserved();
      const seen = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const lease = { owner: `taker-${index}`, until: plus(NOW, 90) };
          const then = await subject.ports.takeLease(record.serialNumber, lease, AFTER_LEASE);
          return then?.lease.owner === lease.owner;
        }),
      );
      expect(seen.filter(Boolean)).toHaveLength(1);
    });

    test('a finished record has no lease to take', async () => {
      const { record } = await reserved();
      await subject.ports.commit(record, ISSUED);
      const lease = { owner: 'worker-2', until: plus(NOW, 90) };
      const seen = await subject.ports.takeLease(record.serialNumber, lease, AFTER_LEASE);
      expect(seen).toMatchObject({ state: 'ISSUED', lease: { owner: 'worker-1' }, certificate: CERTIFICATE });
    });

    test('released by its owner, it can be taken in the same second, and the attempts are noted', async () => {
      const { record } = await reserved();
      const failed = { at: NOW, outcome: 'TimeoutError' };
      await subject.ports.releaseLease(record.serialNumber, 'worker-1', [failed], NOW);
      const lease = { owner: 'worker-2', until: plus(NOW, 30) };
      const seen = await subject.ports.takeLease(record.serialNumber, lease, NOW);
      expect(seen).toMatchObject({ lease, attempts: [failed] });
    });

    test('somebody else cannot end it, but the attempts are noted', async () => {
      const { record } = await reserved();
      await subject.ports.releaseLease(record.serialNumber, 'worker-2', [ATTEMPT], NOW);
      expect(await subject.ports.certificate(record.serialNumber)).toEqual({
        ...record,
        attempts: [ATTEMPT],
      });
    });

    test('without attempts, ending it notes none', async () => {
      const { record } = await reserved();
      await subject.ports.releaseLease(record.serialNumber, 'worker-1', [], NOW);
      expect((await subject.ports.certificate(record.serialNumber))?.attempts).toEqual([]);
    });
  });

  describe('commits', () => {
    test('the record becomes ISSUED with everything, and is open no more', async () => {
      const { record } = await reserved();
      const attempts = [{ at: NOW, requestId: 'first', outcome: 'ThrottlingException' }, ATTEMPT];
      const issued = await subject.ports.commit(record, { ...ISSUED, attempts });
      const expected = { ...record, state: 'ISSUED', certificate: CERTIFICATE, issuedAt: NOW, attempts };
      expect(issued).toEqual(expected);
      expect(await subject.ports.certificate(record.serialNumber)).toEqual(expected);
      const open = await openBefore(plus(NOW, 1));
      expect(open).not.toContain(record.serialNumber);
    });

    test('of two commits one wins; both read the same certificate, and both attempts are noted', async () => {
      const { record } = await reserved();
      const commits = [1, 2].map((n) =>
        subject.ports.commit(record, {
          certificate: Uint8Array.of(0x30, n),
          issuedAt: NOW,
          attempts: [{ at: NOW, requestId: `signature-${n}`, outcome: 'ok' }],
        }),
      );
      const [a, b] = await Promise.all(commits);
      expect(a?.certificate).toEqual(b?.certificate);
      const stored = await subject.ports.certificate(record.serialNumber);
      expect(stored?.certificate).toEqual(a?.certificate);
      expect(stored?.attempts.map(({ requestId }) => requestId).sort()).toEqual([
        'signature-1',
        'signature-2',
      ]);
    });

    test('the same commit again changes nothing', async () => {
      const { record } = await reserved();
      const first = await subject.ports.commit(record, ISSUED);
      expect(await subject.ports.commit(record, ISSUED)).toEqual(first);
    });

    test('a commit after the reservation was given up reads VOID, and its bytes are discarded', async () => {
      const reservation = await reserved();
      await voidIt(reservation);
      const late = await subject.ports.commit(reservation.record, ISSUED);
      expect(late).toMatchObject({ state: 'VOID', revocation: ABANDONED });
      expect(late).not.toHaveProperty('certificate');
      expect(late).not.toHaveProperty('issuedAt');
    });

    test('what was never reserved cannot be committed, leased or released into being', async () => {
      const unknown = serialNumber();
      const lease = { owner: 'worker-1', until: LEASED };
      expect(
        await subject.ports.commit({ serialNumber: unknown, validity: sampleRecord().validity }, ISSUED),
      ).toBeUndefined();
      expect(await subject.ports.takeLease(unknown, lease, NOW)).toBeUndefined();
      await subject.ports.releaseLease(unknown, 'worker-1', [ATTEMPT], NOW);
      expect(await subject.ports.certificate(unknown)).toBeUndefined();
    });
  });

  describe('giving up', () => {
    test('the record is VOID, its use given back, its reservation gone, its name free', async () => {
      const reservation = await reserved();
      const { record } = reservation;
      expect(await voidIt(reservation)).toBe('voided');

      expect(await subject.ports.certificate(record.serialNumber)).toEqual({
        ...record,
        state: 'VOID',
        revocation: ABANDONED,
      });
      const seen = await subject.ports.readForEnrollment({ ...record });
      expect(seen.reservation).toBeUndefined();
      expect(seen.name).toMatchObject({ version: 2, holders: [] });
      expect((await subject.ports.token(record.tokenId))?.uses).toBe(0);
      const open = await openBefore(instant(NOW + 1));
      expect(open).not.toContain(record.serialNumber);
    });

    test('without a name, the name stays as it is', async () => {
      const { record, name } = await reserved();
      expect(await subject.ports.voidReservation(record, undefined, [], AFTER_LEASE)).toBe('voided');
      expect(await subject.ports.name(record.name)).toEqual(name);
    });

    test.each([
      { name: 'its lease still runs', before: async () => {}, at: LEASED },
      {
        name: 'it was committed',
        before: ({ record }: Reservation) => subject.ports.commit(record, ISSUED),
        at: AFTER_LEASE,
      },
      {
        name: 'somebody took its lease',
        before: ({ record }: Reservation) =>
          subject.ports.takeLease(
            record.serialNumber,
            { owner: 'worker-2', until: plus(AFTER_LEASE, 30) },
            AFTER_LEASE,
          ),
        at: AFTER_LEASE,
      },
      { name: 'it was given up already', before: (given: Reservation) => voidIt(given), at: AFTER_LEASE },
    ])('nothing is changed where $name', async ({ before, at }) => {
      const reservation = await reserved();
      await before(reservation);
      const { record } = reservation;
      const earlier = await subject.ports.certificate(record.serialNumber);
      const uses = (await subject.ports.token(record.tokenId))?.uses;

      expect(await voidIt(reservation, at)).toBe('changed');

      expect(await subject.ports.certificate(record.serialNumber)).toEqual(earlier);
      expect((await subject.ports.token(record.tokenId))?.uses).toBe(uses);
    });

    test('nothing is changed where the name moved on', async () => {
      const { record, name } = await reserved();
      const stale = { ...name, version: name.version + 2, holders: [] };
      expect(await subject.ports.voidReservation(record, stale, [], AFTER_LEASE)).toBe('changed');
      expect(await subject.ports.certificate(record.serialNumber)).toEqual(record);
      expect(await subject.ports.name(record.name)).toEqual(name);
    });

    test('commit and giving up at once, 10 times: one of them wins, never both', async () => {
      for (let round = 0; round < 10; round++) {
        const reservation = await reserved();
        const [committed, given] = await Promise.all([
          subject.ports.commit(reservation.record, ISSUED),
          voidIt(reservation),
        ]);
        const stored = await subject.ports.certificate(reservation.record.serialNumber);
        expect(stored?.state).toBe(given === 'voided' ? 'VOID' : 'ISSUED');
        expect(committed?.state).toBe(stored?.state);
        const uses = (await subject.ports.token(reservation.record.tokenId))?.uses;
        expect(uses).toBe(given === 'voided' ? 0 : 1);
      }
    });

    test('a given-up key can reserve afresh on the same token', async () => {
      const token = sampleToken();
      await subject.ports.createToken(token);
      const first = sampleReservation(token);
      await subject.ports.reserve(first, NOW);
      await voidIt(first);
      const { publicKey } = first.record;
      expect(await subject.ports.reserve(sampleReservation(token, { publicKey }), AFTER_LEASE)).toBe(
        'reserved',
      );
    });
  });

  test('open reservations: those before a time, oldest first; each once, over pages of any size', async () => {
    const past = plus(NOW, -100_000);
    const ages = [50, 10, 40, 20, 30];
    const made = await Promise.all(
      ages.map(async (age) => {
        const { record } = await reserved({ reservedAt: plus(past, -age) });
        return { age, serialNumber: record.serialNumber };
      }),
    );
    const expected = made.sort((a, b) => b.age - a.age).map((one) => one.serialNumber);
    expect(await openBefore(past)).toEqual(expected);
    expect([...(await openBefore(past, 1))].sort()).toEqual([...expected].sort());
    expect(await openBefore(plus(past, -10))).toEqual(expected.slice(0, 4));
  });
});
