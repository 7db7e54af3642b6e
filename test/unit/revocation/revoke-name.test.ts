import { describe, expect, test } from '@jest/globals';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { revokeName } from '../../../shared/revocation/revoke-name.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { refusal, World } from '../issuance/world.ts';
import { ADMIN, disagreements, issued, Killed, request, reserved, revoking, seen } from './revoking.ts';

const OF = { profile: 'agent', name: 'host-1' as CommonName } as const;
const ALL = { ...request(), block: false };
const BLOCKING = { ...request({ reason: 'privilegeWithdrawn' }), block: true };

describe('revoking a name', () => {
  test('revokes every certificate of it that lives, the one that holds it first', async () => {
    const world = await World.create();
    const first = await issued(world);
    const second = await issued(world, {}, { onExistingName: 'replace' });
    const other = await issued(world, { name: 'host-2' });
    const result = await revokeName(revoking(world), OF, ALL);
    expect(result.complete).toBe(true);
    expect(result.block).toBeUndefined();
    expect(result.revoked.map(({ serialNumber }) => serialNumber)).toEqual([
      second.serialNumber,
      first.serialNumber,
    ]);
    expect(seen(world, other).state).toBe('ISSUED');
    expect(disagreements(world)).toEqual([]);
    expect((await world.enroll(world.request(await world.token()))).created).toBe(true);
  });

  test('again has the same result', async () => {
    const world = await World.create();
    await issued(world);
    const first = await revokeName(revoking(world), OF, ALL);
    world.pass(60);
    expect(await revokeName(revoking(world), OF, { ...ALL, reason: 'superseded' })).toEqual(first);
  });

  test('reaches certificates that the name no longer remembers', async () => {
    const world = await World.create();
    for (let i = 0; i < 25; i++) await issued(world, {}, { onExistingName: 'replace' });
    expect([...world.store.tables.names.values()][0]?.holders).toHaveLength(20);
    const { revoked } = await revokeName(revoking(world), OF, ALL);
    expect(revoked).toHaveLength(25);
    expect(world.recordsIn('ISSUED')).toBe(0);
    expect(disagreements(world)).toEqual([]);
  });

  test('leaves out what expired and what the service gave up', async () => {
    const world = await World.create();
    await issued(world);
    world.pass(31 * DAY);
    const { record } = await reserved(world, { expiresAt: plus(world.now, DAY) });
    world.pass(301);
    await world.sweep();
    expect(seen(world, record).events).toEqual(['voided']);
    const { code, message } = await refusal(revokeName(revoking(world), OF, ALL));
    expect(code).toBe('not_found');
    expect(message).toBe(
      'No unexpired certificate of profile "agent" and name "host-1" is recorded. GET /v1/certificates?name=host-1 lists all of this name.',
    );
    expect(world.recordsIn('ISSUED')).toBe(1);
  });

  test('with block: no token gets a certificate for it, also where there was none', async () => {
    const world = await World.create();
    const { block, revoked } = await revokeName(revoking(world), OF, BLOCKING);
    expect(revoked).toEqual([]);
    expect(block).toMatchObject({
      ...OF,
      by: ADMIN,
      reason: 'privilegeWithdrawn',
      comment: 'decommissioned',
    });
    const { code } = await refusal(world.enroll(world.request(await world.token())));
    expect(code).toBe('name_blocked');
  });

  test.each([
    { name: 'before it is blocked', at: 'blockName', code: 'certificate_revoked', records: 1 },
    { name: 'as soon as it is blocked', at: 'certificates', code: 'name_blocked', records: 0 },
  ] as const)('an enrollment that arrives $name gets nothing that lives', async ({ at, code, records }) => {
    const world = await World.create();
    const enrollment = world.request(await world.token());
    world.store.interleave(at, () => world.enroll(enrollment).catch(() => undefined));
    await revokeName(revoking(world), OF, BLOCKING);
    expect(world.recordsIn('ISSUED')).toBe(0);
    expect(world.recordsIn('REVOKED')).toBe(records);
    expect((await refusal(world.enroll(enrollment))).code).toBe(code);
    expect(disagreements(world)).toEqual([]);
  });

  test('an enrollment that read the name before the block, and reserves after it, is refused', async () => {
    const world = await World.create();
    const enrollment = world.request(await world.token());
    world.store.interleave('reserve', () => revokeName(revoking(world), OF, BLOCKING));
    expect((await refusal(world.enroll(enrollment))).code).toBe('name_blocked');
    expect(world.store.tables.records.size).toBe(0);
  });

  test('without time left: says that it is not complete, and the same again completes it', async () => {
    const world = await World.create();
    for (let i = 0; i < 3; i++) await issued(world, {}, { onExistingName: 'replace' });
    let left = 2;
    const first = await revokeName(
      revoking(world, () => (left-- > 0 ? 28_000 : 0)),
      OF,
      ALL,
    );
    expect(first).toMatchObject({ complete: false });
    expect(first.revoked).toHaveLength(2);
    expect((await revokeName(revoking(world), OF, ALL)).revoked).toHaveLength(3);
  });

  const STEPS: readonly StoreMethod[] = ['name', 'blockName', 'certificates', 'revoke', 'listCertificates'];
  test.each(STEPS.flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, when }))))(
    'that dies $when $method: the same again completes it, once',
    async ({ method, when }) => {
      const world = await World.create();
      const record = await issued(world);
      world.store.failNext(method, { error: new Killed(), when });
      await revokeName(revoking(world), OF, BLOCKING).catch(() => undefined);
      await revokeName(revoking(world), OF, BLOCKING);
      expect(seen(world, record)).toMatchObject({ state: 'REVOKED', onList: true, events: ['revoked'] });
      expect(world.store.tables.nameBlocks.size).toBe(1);
      expect(disagreements(world)).toEqual([]);
    },
  );
});
