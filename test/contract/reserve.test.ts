import { beforeAll, describe, expect, test } from '@jest/globals';
import { NO_ADDITIONAL_ROOTS } from '../../shared/domain/additional-root.ts';
import { useSlotCapacity, useSlotCount } from '../../shared/domain/bootstrap-token.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { plus } from '../../shared/domain/instant.ts';
import { releaseName } from '../../shared/domain/name-record.ts';
import type { Reservation, ReserveOutcome } from '../../shared/issuance/ports.ts';
import { REVOCATION_URL } from '../support/ca.ts';
import {
  commonName,
  freeName,
  NOW,
  sampleAdditionalRoot,
  sampleIssuer,
  sampleRecord,
  sampleReservation,
  sampleRoot,
  sampleToken,
  serialNumber,
} from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

describe.each(STORES)('reserving, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  /** What an enrollment sees of a reservation. */
  const view = ({ record }: Reservation) =>
    subject.ports.readForEnrollment({
      tokenId: record.tokenId,
      publicKeySha256: record.publicKeySha256,
      name: record.name,
      dnsNames: record.dnsNames,
      ipAddresses: record.ipAddresses,
    });

  async function newToken(changes: Parameters<typeof sampleToken>[0] = {}) {
    const token = sampleToken(changes);
    await subject.ports.createToken(token);
    return token;
  }

  test('an enrollment that nobody prepared sees nothing', async () => {
    const name = commonName();
    const seen = await subject.ports.readForEnrollment({
      tokenId: sampleToken().id,
      publicKeySha256: sampleRecord().publicKeySha256,
      name,
      dnsNames: [],
      ipAddresses: [],
    });
    expect(seen).toEqual({
      token: undefined,
      reservation: undefined,
      name: freeName(name),
      exclusive: [],
      issuers: [],
      roots: [],
      additionalRoots: NO_ADDITIONAL_ROOTS,
      keyBlocked: false,
    });
  });

  test('all that was written is read back as it was', async () => {
    const { ports } = subject;
    const token = await newToken({ bind: { sourceCidr: [], csrSha256: 'ab'.repeat(32) } });
    const reservation = sampleReservation(token, { revocationUrl: REVOCATION_URL, crlShard: 3 });
    const root = await ports.reserveRoot(sampleRoot());
    const issuer = await ports.reserveIssuer(
      sampleIssuer({ state: 'ACTIVE', certificate: Uint8Array.of(48, 3, 2, 1, 0) }),
    );

    const additionalRoots = { version: 1, roots: [sampleAdditionalRoot()] };
    await ports.replaceAdditionalRoots(additionalRoots, []);

    expect(await ports.reserve(reservation, NOW)).toBe('reserved');
    const { publicKeySha256 } = reservation.record;
    await ports.blockKey({ publicKeySha256, at: NOW, by: 'arn:aws:iam::111122223333:role/admin' });

    const { record, name, followUntil } = reservation;
    expect(await view(reservation)).toEqual({
      token,
      reservation: { serialNumber: record.serialNumber, followUntil },
      name,
      exclusive: [],
      issuers: [issuer],
      roots: [root],
      additionalRoots,
      keyBlocked: true,
    });
    expect(await ports.certificate(record.serialNumber)).toEqual(record);
    expect(await ports.name(record.name)).toEqual(name);
    expect(await ports.token(token.id)).toEqual({ token, uses: 1 });
  });

  const refusals: readonly {
    readonly name: string;
    readonly token?: Parameters<typeof sampleToken>[0];
    /** Happens before the reservation is tried. */
    readonly before?: (reservation: Reservation) => Promise<unknown>;
    readonly change?: (reservation: Reservation) => Reservation;
    readonly outcome: ReserveOutcome;
  }[] = [
    {
      name: 'the same token and key again',
      token: { maxUses: 5 },
      before: (first) => subject.ports.reserve(first, NOW),
      change: (first) => ({ ...first, record: { ...first.record, serialNumber: serialNumber() } }),
      outcome: 'exists',
    },
    {
      name: 'the same token and key on a token that is spent: the reservation counts first',
      before: (first) => subject.ports.reserve(first, NOW),
      outcome: 'exists',
    },
    {
      name: 'the same token and key on a token that is revoked',
      before: async (first) => {
        await subject.ports.reserve(first, NOW);
        await subject.ports.revokeToken(first.record.tokenId, NOW);
      },
      outcome: 'exists',
    },
    {
      name: 'a spent token and another key',
      before: async ({ record }) => {
        const token = (await subject.ports.token(record.tokenId))?.token ?? sampleToken();
        await subject.ports.reserve(sampleReservation(token), NOW);
      },
      outcome: 'slot_full',
    },
    {
      name: 'a revoked token',
      before: ({ record }) => subject.ports.revokeToken(record.tokenId, NOW),
      outcome: 'token_closed',
    },
    {
      name: 'a token that is both spent and revoked',
      before: async ({ record }) => {
        const token = (await subject.ports.token(record.tokenId))?.token ?? sampleToken();
        await subject.ports.reserve(sampleReservation(token), NOW);
        await subject.ports.revokeToken(record.tokenId, NOW);
      },
      outcome: 'token_closed',
    },
    {
      name: 'a token that expired a second ago',
      token: { expiresAt: plus(NOW, -1) },
      outcome: 'token_closed',
    },
    {
      name: 'a token that nobody made',
      change: (r) => ({ ...r, record: { ...r.record, tokenId: sampleToken().id } }),
      outcome: 'token_closed',
    },
    {
      name: 'a key that was blocked since it was read',
      before: ({ record: { publicKeySha256 } }) =>
        subject.ports.blockKey({ publicKeySha256, at: NOW, by: 'arn:aws:iam::111122223333:role/admin' }),
      outcome: 'key_blocked',
    },
    {
      name: 'a name that somebody claimed since it was read',
      before: async ({ record }) =>
        subject.ports.reserve(sampleReservation(await newToken(), { name: record.name }), NOW),
      outcome: 'name_changed',
    },
    {
      name: 'a name that was never claimed, taken for version 4',
      change: (r) => ({ ...r, name: { ...r.name, version: 5 } }),
      outcome: 'name_changed',
    },
  ];

  test.each(refusals)('$name: $outcome', async ({ token, before, change = (r) => r, outcome }) => {
    const first = sampleReservation(await newToken(token));
    await before?.(first);
    const tried = change(first);
    const untouched = await subject.ports.certificate(tried.record.serialNumber);
    const usesBefore = (await subject.ports.token(first.record.tokenId))?.uses;

    expect(await subject.ports.reserve(tried, NOW)).toBe(outcome);

    expect(await subject.ports.certificate(tried.record.serialNumber)).toEqual(untouched);
    expect((await subject.ports.token(first.record.tokenId))?.uses).toBe(usesBefore);
  });

  test('a token counts until its last second', async () => {
    const token = await newToken({ expiresAt: NOW });
    expect(await subject.ports.reserve(sampleReservation(token), NOW)).toBe('reserved');
  });

  test('a serial number that is taken asks to try again and writes nothing', async () => {
    const token = await newToken({ maxUses: 2 });
    const first = sampleReservation(token);
    await subject.ports.reserve(first, NOW);
    const second = sampleReservation(token, { serialNumber: first.record.serialNumber });
    await expect(subject.ports.reserve(second, NOW)).rejects.toMatchObject({ code: 'try_again' });
    expect((await view(second)).reservation).toBeUndefined();
  });

  test('a released name can be claimed again, from the version it has then', async () => {
    const token = await newToken({ maxUses: 2 });
    const first = sampleReservation(token);
    await subject.ports.reserve(first, NOW);
    const released = releaseName(first.name, first.record.serialNumber);
    const late = plus(NOW, 31);
    expect(await subject.ports.voidReservation(first.record, released, [], late)).toBe('voided');

    const again = sampleReservation(token, { name: first.record.name }, released);
    expect(await subject.ports.reserve(again, late)).toBe('reserved');
    expect(await subject.ports.name(first.record.name)).toEqual({ ...again.name, version: 3 });
  });

  test('50 hosts at once on one counter of 7 and on one of 10: exactly 7 and 10 get in', async () => {
    const single = await newToken({ maxUses: 7 });
    const ten = await newToken({ maxUses: 10 });
    expect([useSlotCount(7), useSlotCount(10)]).toEqual([1, 1]);
    for (const token of [single, ten]) {
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () => subject.ports.reserve(sampleReservation(token), NOW)),
      );
      expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(token.maxUses);
      expect(outcomes.filter((outcome) => outcome === 'slot_full')).toHaveLength(50 - token.maxUses);
      expect((await subject.ports.token(token.id))?.uses).toBe(token.maxUses);
    }
  });

  test('50 twins at once: one reserves, the others find its reservation', async () => {
    const token = await newToken({ maxUses: 8 });
    const publicKey = sampleRecord().publicKey;
    const name = commonName();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        subject.ports.reserve(sampleReservation(token, { publicKey, name }), NOW),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'exists')).toHaveLength(49);
    expect((await subject.ports.token(token.id))?.uses).toBe(1);
  });

  test('50 hosts at once for one free name: one gets it', async () => {
    const token = await newToken({ maxUses: 50, expiresAt: plus(NOW, DAY) });
    const name = commonName();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        subject.ports.reserve(sampleReservation(token, { name, useSlot: index % useSlotCount(50) }), NOW),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'reserved')).toHaveLength(1);
    expect((await subject.ports.name(name)).holders).toHaveLength(1);
    expect((await subject.ports.token(token.id))?.uses).toBe(1);
  });

  test('the free counters are those with a use left', async () => {
    const token = await newToken({ maxUses: 25 });
    expect(useSlotCount(25)).toBe(3);
    expect(await subject.ports.freeUseSlots(token)).toEqual([0, 1, 2]);
    for (let use = 0; use < useSlotCapacity(25, 1); use++)
      await subject.ports.reserve(sampleReservation(token, { useSlot: 1 }), NOW);
    expect(await subject.ports.freeUseSlots(token)).toEqual([0, 2]);
    expect(await subject.ports.freeUseSlots(sampleToken({ maxUses: 25 }))).toEqual([]);
  });
});
