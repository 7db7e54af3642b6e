import { describe, expect, test } from '@jest/globals';
import { revokeToken } from '../../../shared/revocation/revoke-token.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { refusal, World } from '../issuance/world.ts';
import { disagreements, Killed, request, revoking } from './revoking.ts';

const idOf = (token: string) => token.split('_')[1] ?? '';

/** A token with so many certificates, of which the last is only reserved. */
async function tokenWith(world: World, certificates: number, maxUses = 400): Promise<string> {
  const token = await world.token({ maxUses });
  for (let i = 0; i < certificates; i++) {
    if (i === certificates - 1) world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await world.enroll(world.request(token, { name: `host-${i}` })).catch(() => undefined);
  }
  return token;
}

describe('revoking a token with its certificates', () => {
  test('closes it, and revokes all that it produced, reservations included', async () => {
    const world = await World.create();
    const token = await tokenWith(world, 5);
    await world.enroll(world.request(await world.token(), { name: 'host-other' }));
    const result = await revokeToken(revoking(world), { tokenId: idOf(token) }, request());
    expect(result).toMatchObject({ complete: true });
    expect(result).not.toHaveProperty('cursor');
    expect(result.revoked.map(({ state }) => state).sort()).toEqual([...Array(4).fill('REVOKED'), 'VOID']);
    expect(world.recordsIn('ISSUED')).toBe(1);
    expect((await refusal(world.enroll(world.request(token, { name: 'host-9' })))).code).toBe(
      'token_rejected',
    );
    expect(disagreements(world)).toEqual([]);
  });

  test('again has the same result', async () => {
    const world = await World.create();
    const token = await tokenWith(world, 3);
    const first = await revokeToken(revoking(world), { tokenId: idOf(token) }, request());
    world.pass(600);
    await world.sweep();
    const again = request({ reason: 'superseded', by: 'other' });
    expect(await revokeToken(revoking(world), { tokenId: idOf(token) }, again)).toEqual(first);
  });

  test.each(['revokeToken', 'certificatesOfToken', 'certificates'] as const)(
    'an enrollment with it that arrives within %s gets nothing that lives',
    async (at) => {
      const world = await World.create();
      const token = await tokenWith(world, 1, 8);
      const late = world.request(token, { name: 'host-9' });
      world.store.interleave(at, () => world.enroll(late).catch(() => undefined));
      await revokeToken(revoking(world), { tokenId: idOf(token) }, request());
      expect(world.recordsIn('ISSUED')).toBe(0);
      expect(disagreements(world)).toEqual([]);
    },
  );

  test('an enrollment that reserves as the token is closed gets nothing that lives', async () => {
    const world = await World.create();
    const token = await world.token();
    world.store.interleave('reserve', () =>
      revokeToken(revoking(world), { tokenId: idOf(token) }, request()),
    );
    expect((await refusal(world.enroll(world.request(token)))).code).toBe('token_rejected');
    expect(world.store.tables.records.size).toBe(0);
  });

  test('without time left: goes on from the cursor, or from the beginning', async () => {
    const world = await World.create();
    const token = await tokenWith(world, 130);
    const tokenId = idOf(token);
    let looks = 0;
    const first = await revokeToken(
      revoking(world, () => (looks++ < 110 ? 28_000 : 0)),
      { tokenId },
      request(),
    );
    expect(first).toMatchObject({ complete: false });
    expect(first.revoked.length).toBeLessThan(130);
    expect(first.revoked.length).toBeGreaterThanOrEqual(100);
    const { cursor } = first;
    const rest = await revokeToken(revoking(world), { tokenId, cursor }, request());
    expect(rest.complete).toBe(true);
    expect(rest.revoked.length).toBeLessThanOrEqual(30);
    expect(world.recordsIn('ISSUED')).toBe(0);
    expect((await revokeToken(revoking(world), { tokenId }, request())).revoked).toHaveLength(130);
    expect(disagreements(world)).toEqual([]);
  });

  test('whose record was cleaned up: its certificates are found all the same', async () => {
    const world = await World.create();
    const token = await tokenWith(world, 2);
    world.store.tables.tokens.delete(idOf(token));
    const { revoked } = await revokeToken(revoking(world), { tokenId: idOf(token) }, request());
    expect(revoked).toHaveLength(2);
  });

  test('that nobody made: not found', async () => {
    const world = await World.create();
    const { code, message } = await refusal(revokeToken(revoking(world), { tokenId: 'none' }, request()));
    expect({ code, message }).toEqual({
      code: 'not_found',
      message: 'No token has this id, and no certificate was issued for it.',
    });
  });

  const STEPS: readonly StoreMethod[] = [
    'revokeToken',
    'certificatesOfToken',
    'certificates',
    'name',
    'revoke',
  ];
  test.each(STEPS.flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, when }))))(
    'that dies $when $method: the same again completes it, once',
    async ({ method, when }) => {
      const world = await World.create();
      const token = await tokenWith(world, 3);
      const revoke = () => revokeToken(revoking(world), { tokenId: idOf(token) }, request());
      world.store.failNext(method, { error: new Killed(), when });
      await expect(revoke()).rejects.toThrow(Killed);
      expect((await revoke()).revoked).toHaveLength(3);
      expect(world.recordsIn('ISSUED') + world.recordsIn('RESERVED')).toBe(0);
      expect(disagreements(world)).toEqual([]);
    },
  );
});
