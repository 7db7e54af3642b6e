import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import type { Revocation } from '../../../shared/domain/revocation.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { blockName, unblockName } from '../../../shared/revocation/block-name.ts';
import { revokeMany } from '../../../shared/revocation/revoke-many.ts';
import { revokeName } from '../../../shared/revocation/revoke-name.ts';
import { revokeSerial } from '../../../shared/revocation/revoke-serial.ts';
import { revokeToken } from '../../../shared/revocation/revoke-token.ts';
import { World } from '../issuance/world.ts';
import { disagreements, Killed, request, revoking } from './revoking.ts';

/*
 * Whatever hosts and administrators do, in any order, some of it at once and some of it cut off: what is revoked stays as
 * it was first revoked, and record, list, history and names agree.
 */

const NAMES = ['host-1', 'host-2', 'host-3'] as readonly string[] as readonly CommonName[];
const TOKENS = 3;

const name = fc.constantFrom(...NAMES);
const reason = fc.constantFrom('unspecified', 'keyCompromise', 'superseded');
const token = fc.nat(TOKENS - 1);
const pick = fc.nat(20);

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('enroll' as const), name, token }) },
  fc.record({ does: fc.constant('cut off' as const), name, token }),
  fc.record({ does: fc.constant('serial' as const), pick, reason, block: fc.boolean() }),
  fc.record({ does: fc.constant('name' as const), name, reason, block: fc.boolean() }),
  fc.record({ does: fc.constant('token' as const), token, reason }),
  fc.record({ does: fc.constant('many' as const), reason }),
  fc.record({ does: fc.constant('block' as const), name }),
  fc.record({ does: fc.constant('unblock' as const), name }),
  fc.record({ does: fc.constant('sweep' as const) }),
);

type Action = typeof action extends fc.Arbitrary<infer One> ? One : never;

/** What is refused is refused, and what is cut off is cut off; nothing else may go wrong. */
async function calmly(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (!(error instanceof AppError) && !(error instanceof Killed)) throw error;
    if (error instanceof AppError) expect(error.code).not.toBe('internal');
  }
}

function perform(world: World, tokens: readonly string[], one: Action): Promise<unknown> {
  const deps = revoking(world);
  const serials = () => [...world.store.tables.records.keys()];
  const profile = 'agent';
  switch (one.does) {
    case 'enroll':
      return world.enroll(world.request(tokens[one.token] ?? '', { name: one.name }));
    case 'cut off':
      world.store.failNext('commit', { error: new Killed(), when: 'before' });
      return world.enroll(world.request(tokens[one.token] ?? '', { name: one.name }));
    case 'serial': {
      const serial = serials()[one.pick];
      return serial === undefined
        ? Promise.resolve()
        : revokeSerial(deps, serial, { ...request(one), block: one.block });
    }
    case 'name':
      return revokeName(deps, { profile, name: one.name }, { ...request(one), block: one.block });
    case 'token':
      return revokeToken(deps, { tokenId: tokens[one.token]?.split('_')[1] ?? '' }, request(one));
    case 'many':
      return revokeMany(deps, serials().slice(0, 3), request(one));
    case 'block':
      return blockName(deps, { profile, name: one.name }, request());
    case 'unblock':
      return unblockName(deps, { profile, name: one.name });
    case 'sweep':
      world.pass(400);
      return world.sweep();
  }
}

function revocations({ store }: World): ReadonlyMap<SerialNumber, Revocation> {
  return new Map(
    [...store.tables.records.values()].flatMap(({ serialNumber, revocation }) =>
      revocation === undefined ? [] : [[serialNumber, revocation] as const],
    ),
  );
}

describe('whatever happens', () => {
  test('revocations are final, complete, and agree everywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(action, { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
        async (steps) => {
          const world = await World.create();
          const tokens: string[] = [];
          for (let i = 0; i < TOKENS; i++)
            tokens.push(await world.token({ maxUses: 100, onExistingName: 'replace' }));
          let before = revocations(world);
          for (const together of steps) {
            await Promise.all(together.map((one) => calmly(perform(world, tokens, one))));
            world.pass(1);
            const now = revocations(world);
            for (const [serial, revocation] of before) expect(now.get(serial)).toEqual(revocation);
            expect(disagreements(world)).toEqual([]);
            before = now;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
