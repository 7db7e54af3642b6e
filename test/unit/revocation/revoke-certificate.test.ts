import { describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { revokeCertificate } from '../../../shared/revocation/revoke-certificate.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { NOW, serialNumber } from '../../support/records.ts';
import { refusal, World } from '../issuance/world.ts';
import {
  ADMIN,
  disagreements,
  holderOf,
  issued,
  Killed,
  request,
  reserved,
  revoking,
  seen,
} from './revoking.ts';

const SERVER_NAMES = { dnsNames: ['host-1.example.com'] };

describe('revoking a certificate', () => {
  test('says when, why and by whom, in record, list and history', async () => {
    const world = await World.create();
    const record = await issued(world);
    const revoked = await revokeCertificate(revoking(world), record.serialNumber, request());
    const revocation = {
      revokedAt: NOW,
      reason: 'cessationOfOperation',
      revokedBy: ADMIN,
      comment: 'decommissioned',
    };
    expect(revoked).toEqual({ ...record, state: 'REVOKED', revocation });
    expect(seen(world, record)).toEqual({ state: 'REVOKED', revocation, onList: true, events: ['revoked'] });
    expect(disagreements(world)).toEqual([]);
  });

  test('of a serial number that is not recorded: nothing', async () => {
    const world = await World.create();
    expect(await revokeCertificate(revoking(world), serialNumber(), request())).toBeUndefined();
  });

  test('again changes nothing: the first time, reason and author stay', async () => {
    const world = await World.create();
    const { serialNumber: serial } = await issued(world);
    const first = await revokeCertificate(revoking(world), serial, request());
    world.pass(60);
    const other = request({ reason: 'superseded', comment: 'again', by: 'other' });
    expect(await revokeCertificate(revoking(world), serial, other)).toEqual(first);
    expect(disagreements(world)).toEqual([]);
  });

  test('a key that is reported as compromised later is blocked then; the first reason stays', async () => {
    const world = await World.create();
    const token = await world.token({ maxUses: 8 });
    const enrollment = world.request(token);
    const { record } = await world.enroll(enrollment);
    await revokeCertificate(revoking(world), record.serialNumber, request());
    const compromised = request({ reason: 'keyCompromise', by: 'other' });
    const again = await revokeCertificate(revoking(world), record.serialNumber, compromised);
    expect(again?.revocation.reason).toBe('cessationOfOperation');
    expect(world.store.tables.keyBlocks.get(record.publicKeySha256)).toMatchObject({ by: 'other' });
    const elsewhere = world.request(await world.token(), { csr: enrollment.csr });
    expect((await refusal(world.enroll(elsewhere))).code).toBe('key_refused');
  });

  test('that has expired is recorded too', async () => {
    const world = await World.create();
    const record = await issued(world);
    world.pass(31 * DAY);
    const revoked = await revokeCertificate(revoking(world), record.serialNumber, request());
    expect(revoked?.state).toBe('REVOKED');
    expect(disagreements(world)).toEqual([]);
  });

  test('frees its name and its exclusive names for another key', async () => {
    const world = await World.create();
    const exclusive = { exclusiveDns: true };
    const record = await issued(world, SERVER_NAMES, exclusive);
    const other = async () => world.request(await world.token(exclusive), SERVER_NAMES);
    expect((await refusal(world.enroll(await other()))).code).toBe('name_in_use');
    await revokeCertificate(revoking(world), record.serialNumber, request());
    expect((await world.enroll(await other())).created).toBe(true);
    const moved = world.request(await world.token(exclusive), { ...SERVER_NAMES, name: 'host-2' });
    expect((await refusal(world.enroll(moved))).code).toBe('name_in_use');
  });

  test('gives its name back to the live certificate that had it before', async () => {
    const world = await World.create();
    const first = await issued(world);
    const second = await issued(world, {}, { onExistingName: 'replace' });
    expect(holderOf(world, 'host-1')).toBe(second.serialNumber);
    await revokeCertificate(revoking(world), second.serialNumber, request());
    expect(holderOf(world, 'host-1')).toBe(first.serialNumber);
  });

  test('its token and key get nothing more: 409, for a reservation too', async () => {
    const world = await World.create();
    const enrollment = world.request(await world.token({ maxUses: 8 }));
    const { record } = await world.enroll(enrollment);
    await revokeCertificate(revoking(world), record.serialNumber, request());
    const { code, message } = await refusal(world.enroll(enrollment));
    expect(code).toBe('certificate_revoked');
    expect(message).toContain(record.serialNumber);

    const open = await reserved(world, { maxUses: 8 });
    await revokeCertificate(revoking(world), open.record.serialNumber, request());
    world.pass(600);
    await world.sweep();
    expect((await refusal(world.enroll(open.request))).code).toBe('certificate_revoked');
    expect(disagreements(world)).toEqual([]);
  });

  test('while it is being signed: what was signed is discarded, and the host is refused', async () => {
    const world = await World.create();
    const enrollment = world.request(await world.token());
    world.signer.interleave(async () => {
      const [open] = [...world.store.tables.records.values()].filter(({ state }) => state === 'RESERVED');
      if (open) await revokeCertificate(revoking(world), open.serialNumber, request());
    });
    expect((await refusal(world.enroll(enrollment))).code).toBe('certificate_revoked');
    expect(world.recordsIn('VOID')).toBe(1);
    expect(world.recordsIn('ISSUED')).toBe(0);
    expect(disagreements(world)).toEqual([]);
  });

  test('as soon as it is signed: it is revoked all the same', async () => {
    const world = await World.create();
    const open = await reserved(world);
    world.pass(20);
    world.store.interleave('revoke', () => world.enroll(open.request));
    await revokeCertificate(revoking(world), open.record.serialNumber, request());
    expect(seen(world, open.record)).toMatchObject({ state: 'REVOKED', onList: true, events: ['revoked'] });
  });

  test('a name that moves on all the time: try again in 2 seconds', async () => {
    const world = await World.create();
    const { serialNumber: serial } = await issued(world);
    const deps = revoking(world);
    const busy = { ...deps, ledger: { ...deps.ledger, revoke: async () => 'changed' as const } };
    expect(await refusal(revokeCertificate(busy, serial, request()))).toMatchObject({
      code: 'try_again',
      retryAfterSeconds: 2,
      message: `Other requests kept changing the names of certificate ${serial}. Send the same request again.`,
    });
  });

  test('by 50 at once: one event, one entry, and all see the same revocation', async () => {
    const world = await World.create();
    const { serialNumber: serial } = await issued(world);
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        revokeCertificate(revoking(world), serial, request({ by: `admin-${i}` })),
      ),
    );
    expect(new Set(all.map((one) => one?.revocation.revokedBy)).size).toBe(1);
    expect(disagreements(world)).toEqual([]);
  });
});

describe('a revocation that dies', () => {
  const STEPS: readonly StoreMethod[] = ['certificate', 'name', 'exclusiveNames', 'revoke', 'blockKey'];
  const POINTS = STEPS.flatMap((method) =>
    (['before', 'after'] as const).flatMap((when) =>
      (['ISSUED', 'RESERVED'] as const).map((state) => ({ method, when, state })),
    ),
  );

  test.each(POINTS)(
    '$when $method, of $state: the same again completes it, once',
    async ({ method, when, state }) => {
      const world = await World.create();
      const exclusive = { exclusiveDns: true };
      const record =
        state === 'ISSUED' ? await issued(world, {}, exclusive) : (await reserved(world, exclusive)).record;
      const revoke = () =>
        revokeCertificate(revoking(world), record.serialNumber, request({ reason: 'keyCompromise' }));
      world.store.failNext(method, { error: new Killed(), when });
      await revoke().catch(() => undefined);
      await revoke();
      expect(seen(world, record)).toMatchObject({ onList: true, events: ['revoked'] });
      expect(holderOf(world, record.name)).toBeUndefined();
      expect(world.store.tables.keyBlocks.size).toBe(1);
      expect(disagreements(world)).toEqual([]);
    },
  );
});
