import { describe, expect, test } from '@jest/globals';
import type { IssuerState } from '../../../shared/domain/authority.ts';
import type { Slot } from '../../../shared/domain/slot.ts';
import { declareSlots } from '../../../shared/rotation/declare-slots.ts';
import { type FakeStore, fakeStore } from '../../fakes/store.ts';
import { sampleIssuer, sampleIssuerSlot, sampleRoot, sampleRootSlot } from '../../support/records.ts';

const ROOT = sampleRootSlot();
const FIRST = sampleIssuerSlot();
const SECOND = sampleIssuerSlot({ id: 'issuer-2', place: 1 });

/** Declares the slots in a store where they were declared before. */
async function holding(...before: readonly Slot[]) {
  const store = fakeStore();
  await declare(store, before);
  return store;
}

const declare = (store: FakeStore, slots: readonly Slot[]) =>
  declareSlots({ slots: store, authority: store }, slots);

describe('declaring slots', () => {
  test('records them, and writes nothing the next time', async () => {
    const store = fakeStore();
    expect(await declare(store, [ROOT, FIRST, SECOND])).toEqual({
      written: ['root-1', 'issuer-1', 'issuer-2'],
      removed: [],
    });
    expect(await declare(store, [ROOT, FIRST, SECOND])).toEqual({ written: [], removed: [] });
    expect(store.calls.filter((call) => /writeSlot|removeSlot/.test(call))).toHaveLength(3);
  });

  test('writes what changed, and only that', async () => {
    const store = await holding(ROOT, FIRST);
    const shorter = { ...FIRST, lifetimeSeconds: 1 };
    expect(await declare(store, [ROOT, shorter, SECOND])).toEqual({
      written: ['issuer-1', 'issuer-2'],
      removed: [],
    });
    expect(await store.readSlots()).toEqual([ROOT, shorter, SECOND]);
  });

  test('cut off anywhere, the next run finishes it', async () => {
    const store = fakeStore();
    store.failNext('writeSlot', { error: new Error('killed'), when: 'after' });
    await expect(declare(store, [ROOT, FIRST])).rejects.toThrow('killed');
    await declare(store, [ROOT, FIRST]);
    expect(await store.readSlots()).toEqual([ROOT, FIRST]);
  });

  test.each([
    { name: 'its slot', arrange: (store: FakeStore) => store.writeSlot(SECOND) },
    {
      name: 'its issuer',
      arrange: (store: FakeStore) =>
        store.reserveIssuer(sampleIssuer({ id: 'issuer-2', keyArn: SECOND.keyArn })),
    },
  ])('refuses another key than that of $name, and writes nothing', async ({ arrange }) => {
    const store = await holding(ROOT, FIRST);
    await arrange(store);
    const before = await store.readSlots();
    await expect(declare(store, [ROOT, FIRST, { ...SECOND, keyArn: 'arn:other' }])).rejects.toMatchObject({
      code: 'internal',
      message: `issuer-2 is recorded with the key ${SECOND.keyArn}, and the template now declares arn:other for it. A slot keeps its key: restore it, or append a new slot to the settings`,
    });
    expect(await store.readSlots()).toEqual(before);
  });

  test('refuses another key of the root', async () => {
    const store = fakeStore();
    await store.reserveRoot(sampleRoot());
    await expect(declare(store, [{ ...ROOT, keyArn: 'arn:other' }, FIRST])).rejects.toThrow(
      'root-1 is recorded with the key',
    );
  });

  test('another deployment with another key at the same time: the first one stays', async () => {
    const store = await holding(ROOT);
    store.interleave('writeSlot', () => store.tables.slots.set(FIRST.id, FIRST));
    await expect(declare(store, [ROOT, { ...FIRST, keyArn: 'arn:other' }])).rejects.toThrow(
      'issuer-1 is recorded with the key',
    );
    expect(await store.readSlots()).toEqual([ROOT, FIRST]);
  });

  test.each<{ state: IssuerState | undefined; refused: boolean }>([
    { state: undefined, refused: false },
    { state: 'PENDING', refused: false },
    { state: 'READY', refused: false },
    { state: 'ACTIVE', refused: true },
    { state: 'DRAINING', refused: true },
    { state: 'RETIRED', refused: false },
    { state: 'COMPROMISED', refused: true },
  ])('a slot that is no longer declared, its issuer $state: refused $refused', async ({ state, refused }) => {
    const store = await holding(ROOT, FIRST, SECOND);
    if (state) await store.reserveIssuer(sampleIssuer({ id: SECOND.id, keyArn: SECOND.keyArn, state }));
    const removing = declare(store, [ROOT, FIRST]);
    if (!refused) expect(await removing).toEqual({ written: [], removed: ['issuer-2'] });
    else
      await expect(removing).rejects.toThrow(
        'issuer-2 is in use, but the settings no longer declare it. Put it back',
      );
    expect(await store.readSlots()).toEqual(refused ? [ROOT, FIRST, SECOND] : [ROOT, FIRST]);
  });

  test('a deployment that makes no keys, rolled back, takes none out: they are where they were made', async () => {
    const store = await holding(ROOT, FIRST, SECOND);
    const shorter = { ...FIRST, lifetimeSeconds: 1 };
    const inStandby = { slots: store, authority: store, makesKeys: false };
    expect(await declareSlots(inStandby, [ROOT, shorter])).toEqual({ written: ['issuer-1'], removed: [] });
    expect(await store.readSlots()).toEqual([ROOT, shorter, SECOND]);
  });
});
