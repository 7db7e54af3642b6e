import { describe, expect, test } from '@jest/globals';
import { plus } from '../../../shared/domain/instant.ts';
import { sampleRecord } from '../../support/records.ts';
import { World } from './world.ts';

class Killed extends Error {}

/** A world in which one reservation was left open. */
async function interrupted(changes: Parameters<World['token']>[0] = {}) {
  const world = await World.create();
  const token = await world.token(changes);
  const request = world.request(token);
  world.store.failNext('commit', { error: new Killed(), when: 'before' });
  await expect(world.enroll(request)).rejects.toThrow(Killed);
  const [record] = [...world.store.tables.records.values()].filter(({ state }) => state === 'RESERVED');
  if (!record) throw new Error('no reservation');
  return { world, token, request, record };
}

describe('the sweeper', () => {
  test('leaves a reservation alone for 5 minutes, then voids it', async () => {
    const { world, record } = await interrupted();
    world.pass(300);
    expect(await world.sweep()).toEqual({ voided: [], left: 0, failed: [], behindSeconds: 0 });
    world.pass(1);
    expect(await world.sweep()).toEqual({
      voided: [record.serialNumber],
      left: 0,
      failed: [],
      behindSeconds: 0,
    });
    expect(world.store.tables.records.get(record.serialNumber)).toMatchObject({
      state: 'VOID',
      revocation: { revokedAt: world.now, reason: 'unspecified', revokedBy: 'fleetseal' },
    });
  });

  test('gives the use, the name and the reservation back: the host starts afresh', async () => {
    const { world, token, request, record } = await interrupted();
    world.pass(301);
    await world.sweep();
    expect(await world.uses(token)).toBe(0);
    const again = await world.enroll({ ...request, requestId: 'again' });
    expect(again.created).toBe(true);
    expect(again.record.serialNumber).not.toBe(record.serialNumber);
    expect(await world.uses(token)).toBe(1);
  });

  test('gives the name back to whom it was taken from', async () => {
    const world = await World.create();
    const first = await world.enroll(world.request(await world.token()));
    const replacing = world.request(await world.token({ onExistingName: 'replace' }));
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(replacing)).rejects.toThrow(Killed);
    world.pass(301);
    await world.sweep();
    const holders = world.store.tables.names
      .get(first.record.name)
      ?.holders.map((holder) => holder.serialNumber);
    expect(holders).toEqual([first.record.serialNumber]);
  });

  test('never signs, and run twice at once gives a use back once', async () => {
    const { world, token } = await interrupted({ maxUses: 3 });
    world.pass(301);
    const before = world.signer.signatures;
    const runs = await Promise.all([world.sweep(), world.sweep()]);
    expect(runs.flatMap(({ voided }) => voided)).toHaveLength(1);
    expect(world.signer.signatures).toBe(before);
    expect(await world.uses(token)).toBe(0);
  });

  /** Leaves so many reservations open, a second apart. */
  async function manyOpen(world: World, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const record = sampleRecord({ reservedAt: plus(world.now, i - count) });
      world.store.tables.records.set(record.serialNumber, record);
    }
  }

  test('goes on over all pages while it has time: 501 and more in one run', async () => {
    const world = await World.create();
    await manyOpen(world, 1001);
    world.pass(400);
    const { voided, left, behindSeconds } = await world.sweep();
    expect([voided.length, left, behindSeconds]).toEqual([1001, 0, 0]);
  });

  test('stops in time, says for how long the oldest that it left is due, and the next run goes on', async () => {
    const world = await World.create();
    await manyOpen(world, 100);
    world.pass(400);
    let milliseconds = 60_000;
    const first = await world.sweep(() => {
      milliseconds -= 10_000;
      return milliseconds;
    });
    // Chunks of 8 at 50, 40, 30 and 20 seconds; at 10 it begins no more. The 33rd was reserved 468 seconds ago.
    expect([first.voided.length, first.behindSeconds]).toEqual([32, 400 + 100 - 32 - 300]);
    expect(world.recordsIn('RESERVED')).toBe(68);
    const next = await world.sweep();
    expect([next.voided.length, next.behindSeconds]).toEqual([68, 0]);
  });

  test('leaves alone what is being signed again', async () => {
    const { world, request, record } = await interrupted();
    world.pass(301);
    await world.store.takeLease(
      record.serialNumber,
      { owner: 'retry', until: (world.now + 15) as never },
      world.now,
    );
    expect((await world.sweep()).left).toBe(1);
    expect((await world.enroll({ ...request, requestId: 'retry' })).record.serialNumber).toBe(
      record.serialNumber,
    );
  });

  test('is not held up by a reservation that it can not give up: the others are voided, and it is named', async () => {
    const { world, record } = await interrupted();
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(world.request(await world.token(), { name: 'host-2' }))).rejects.toThrow(
      Killed,
    );
    world.pass(301);
    const { voidReservation } = world.store;
    const stuckBy = new Error('too large');
    world.store.voidReservation = (stuck, ...rest) =>
      stuck.serialNumber === record.serialNumber ? Promise.reject(stuckBy) : voidReservation(stuck, ...rest);
    const { voided, left, failed } = await world.sweep();
    expect(failed).toEqual([{ serialNumber: record.serialNumber, error: stuckBy }]);
    expect([voided.length, left]).toEqual([1, 0]);
    expect([world.recordsIn('VOID'), world.recordsIn('RESERVED')]).toEqual([1, 1]);
  });

  test('voids what can not be signed any more, however often its host asks for it', async () => {
    const { world, request, record } = await interrupted();
    world.store.tables.records.set(record.serialNumber, { ...record, tbsSha256: 'other code made it' });
    for (let seconds = 0; seconds < 400; seconds += 4) {
      await world.enroll(request).catch(() => undefined);
      world.pass(4);
    }
    await world.enroll(request).catch(() => undefined);
    expect((await world.sweep()).voided).toEqual([record.serialNumber]);
    expect((await world.enroll(request)).created).toBe(true);
  });
});
