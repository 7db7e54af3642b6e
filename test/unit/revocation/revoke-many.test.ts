import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../../shared/errors/app-error.ts';
import { revokeMany } from '../../../shared/revocation/revoke-many.ts';
import { serialNumber } from '../../support/records.ts';
import { refusal, World } from '../issuance/world.ts';
import { disagreements, issued, request, revoking } from './revoking.ts';

async function three(world: World) {
  const records = [];
  for (let i = 0; i < 3; i++) records.push(await issued(world, { name: `host-${i}` }));
  return records.map((record) => record.serialNumber);
}

describe('revoking many certificates', () => {
  test('revokes all of them, in the order asked for', async () => {
    const world = await World.create();
    const serials = (await three(world)).toReversed();
    const { revoked, complete } = await revokeMany(revoking(world), serials, request());
    expect(revoked.map((record) => record.serialNumber)).toEqual(serials);
    expect(complete).toBe(true);
    expect(disagreements(world)).toEqual([]);
  });

  test('revokes none where some are not recorded, and names each of those', async () => {
    const world = await World.create();
    const serials = await three(world);
    const unknown = [serialNumber(), serialNumber()];
    const asked = [...serials.slice(0, 1), ...unknown, ...serials.slice(1)];
    const { code, errors } = await refusal(revokeMany(revoking(world), asked, request()));
    expect(code).toBe('not_found');
    expect(errors).toEqual(
      unknown.map((serial, i) => ({
        pointer: `#/serialNumbers/${i + 1}`,
        detail: `No certificate has the serial number ${serial}; nothing was revoked. Leave it out, or correct it.`,
      })),
    );
    expect(world.recordsIn('ISSUED')).toBe(3);
  });

  test('one that is busy does not keep the rest from being revoked', async () => {
    const world = await World.create();
    const serials = await three(world);
    world.store.failNext('revoke', { error: new AppError('try_again', 'busy'), when: 'before' });
    const first = await revokeMany(revoking(world), serials, request());
    expect(first.complete).toBe(false);
    expect(first.revoked).toHaveLength(2);
    expect(await revokeMany(revoking(world), serials, request())).toMatchObject({ complete: true });
    expect(disagreements(world)).toEqual([]);
  });

  test('of one name: one after the other, without conflicts', async () => {
    const world = await World.create();
    const serials = [];
    for (let i = 0; i < 20; i++)
      serials.push((await issued(world, {}, { onExistingName: 'replace' })).serialNumber);
    const { revoked } = await revokeMany(revoking(world), serials, request());
    expect(revoked.map((record) => record.serialNumber)).toEqual(serials);
    expect(world.store.calls.filter((call) => call === 'revoke')).toHaveLength(20);
    expect(disagreements(world)).toEqual([]);
  });

  test('any other failure is thrown, not hidden', async () => {
    const world = await World.create();
    const serials = await three(world);
    world.store.failNext('revoke', { error: new TypeError('broken'), when: 'before' });
    await expect(revokeMany(revoking(world), serials, request())).rejects.toThrow('broken');
  });
});
