import { describe, expect, test } from '@jest/globals';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import { blockName, unblockName } from '../../../shared/revocation/block-name.ts';
import { readHistory } from '../../../shared/revocation/read-history.ts';
import { revokeCertificate } from '../../../shared/revocation/revoke-certificate.ts';
import { NOW, serialNumber } from '../../support/records.ts';
import { refusal, World } from '../issuance/world.ts';
import { ADMIN, issued, Killed, request, revoking } from './revoking.ts';

const OF = { profile: 'agent', name: 'host-1' as CommonName } as const;

describe('blocking a name', () => {
  test('refuses it to every token, leaves its certificates, and can be lifted', async () => {
    const world = await World.create();
    const record = await issued(world);
    const block = await blockName(revoking(world), OF, request({ reason: 'privilegeWithdrawn' }));
    expect(block).toEqual({
      ...OF,
      at: NOW,
      by: ADMIN,
      reason: 'privilegeWithdrawn',
      comment: 'decommissioned',
    });
    const again = world.request(await world.token({ onExistingName: 'replace' }));
    expect((await refusal(world.enroll(again))).code).toBe('name_blocked');
    expect(world.store.tables.records.get(record.serialNumber)?.state).toBe('ISSUED');
    await unblockName(revoking(world), OF);
    expect((await world.enroll(again)).created).toBe(true);
    expect(world.store.tables.nameBlocks.size).toBe(0);
  });

  test('again changes nothing, and lifting what is not blocked neither', async () => {
    const world = await World.create();
    const first = await blockName(revoking(world), OF, { by: ADMIN });
    world.pass(60);
    expect(await blockName(revoking(world), OF, request({ by: 'other' }))).toEqual(first);
    const other = { ...OF, profile: 'proxy' } as const;
    const before = await world.store.name(OF.name);
    await unblockName(revoking(world), other);
    expect(await world.store.name(OF.name)).toEqual(before);
  });

  test('a name that moves on meanwhile is blocked all the same', async () => {
    const world = await World.create();
    world.store.interleave('blockName', () => issued(world));
    await blockName(revoking(world), OF, { by: ADMIN });
    expect((await world.store.name(OF.name)).blocked).toEqual(['agent']);
    expect((await world.store.name(OF.name)).holders).toHaveLength(1);
  });

  test('a name that moves on all the time: try again', async () => {
    const world = await World.create();
    const deps = revoking(world);
    const busy = { ...deps, ledger: { ...deps.ledger, blockName: async () => 'changed' as const } };
    expect(await refusal(blockName(busy, OF, { by: ADMIN }))).toMatchObject({
      code: 'try_again',
      message: 'Other requests kept changing the name "host-1". Send the same request again.',
    });
  });

  test.each([
    { method: 'blockName', when: 'before' },
    { method: 'blockName', when: 'after' },
    { method: 'unblockName', when: 'before' },
    { method: 'unblockName', when: 'after' },
  ] as const)(
    'a request that dies $when $method is completed by the same again',
    async ({ method, when }) => {
      const world = await World.create();
      const run = async () => {
        await blockName(revoking(world), OF, { by: ADMIN });
        await unblockName(revoking(world), OF);
      };
      world.store.failNext(method, { error: new Killed(), when });
      await expect(run()).rejects.toThrow(Killed);
      await run();
      expect((await world.store.name(OF.name)).blocked).toEqual([]);
      expect(world.store.tables.nameBlocks.size).toBe(0);
    },
  );
});

describe('the history of a certificate', () => {
  test('has its record and what happened since', async () => {
    const world = await World.create();
    const { serialNumber: serial } = await issued(world);
    expect((await readHistory({ ledger: world.store }, serial))?.events).toEqual([]);
    world.pass(60);
    await revokeCertificate(revoking(world), serial, request());
    const history = await readHistory({ ledger: world.store }, serial);
    expect(history?.record).toMatchObject({ state: 'REVOKED', reservedAt: NOW, issuedAt: NOW });
    expect(history?.events).toEqual([
      {
        at: world.now,
        event: 'revoked',
        by: ADMIN,
        reason: 'cessationOfOperation',
        comment: 'decommissioned',
      },
    ]);
  });

  test('of a serial number that is not recorded: nothing', async () => {
    const world = await World.create();
    expect(await readHistory({ ledger: world.store }, serialNumber())).toBeUndefined();
  });
});
