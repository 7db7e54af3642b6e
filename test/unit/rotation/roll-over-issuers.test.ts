import { beforeEach, describe, expect, test } from '@jest/globals';
import { endOf, type Issuer } from '../../../shared/domain/authority.ts';
import { DAY, HOUR } from '../../../shared/domain/duration.ts';
import { MAX_LEAF_LIFETIME_SECONDS } from '../../../shared/domain/profile.ts';
import { certifyNextIssuer } from '../../../shared/rotation/certify-next-issuer.ts';
import { changeIssuer } from '../../../shared/rotation/change-issuer.ts';
import { rollOverIssuers } from '../../../shared/rotation/roll-over-issuers.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { ADMIN, IssuerWorld, slot } from './issuer-world.ts';

/** Of every slot. */
const LIFE = 5 * 365 * DAY;
/** From the certification of an issuer until it drains. */
const USABLE = LIFE + HOUR - MAX_LEAF_LIFETIME_SECONDS;

let world: IssuerWorld;
beforeEach(async () => {
  world = await IssuerWorld.create();
});

const run = () => rollOverIssuers(world);

/** Lets days pass with a run each, and returns what was done on which day. */
async function live(days: number): Promise<readonly string[]> {
  const done: string[] = [];
  for (let day = 1; day <= days; day++) {
    world.pass(DAY);
    const report = await run();
    expect(report.failed).toEqual([]);
    done.push(...report.done);
    const active = (await world.store.readAuthority()).issuers.filter(({ state }) => state === 'ACTIVE');
    expect(active).toHaveLength(1);
    // A certificate of any profile, issued until the next run, ends before its issuer does.
    expect(endOf(active[0] as Issuer)).toBeGreaterThanOrEqual(
      world.now + MAX_LEAF_LIFETIME_SECONDS - 2 * DAY,
    );
  }
  return done;
}

describe('the rollover of issuers', () => {
  test('does nothing before its time', async () => {
    expect(await run()).toMatchObject({ done: [], failed: [] });
    world.pass(USABLE - 31 * DAY);
    expect((await run()).done).toEqual([]);
  });

  test('certifies the next one 30 days ahead, has it take over in time, and retires what is over', async () => {
    world.pass(USABLE - 31 * DAY);
    expect(await live(40)).toEqual(['certify issuer-2', 'activate issuer-2']);
    expect(await world.states()).toEqual(['issuer-1 DRAINING', 'issuer-2 ACTIVE']);
    expect(await live(420)).toEqual(['retire issuer-1']);
    expect((await world.issuer('issuer-1'))?.changes?.at(-1)).toMatchObject({
      to: 'RETIRED',
      by: 'fleetseal',
    });
  });

  test('goes on through all slots', async () => {
    world.pass(USABLE - 31 * DAY);
    expect(await live(500)).toHaveLength(3);
    world.pass(USABLE - 600 * DAY);
    expect(await live(200)).toEqual(['certify issuer-3', 'activate issuer-3']);
  });

  test('that was missed for long is made up for at once', async () => {
    world.pass(USABLE + 10 * DAY);
    expect((await run()).done).toEqual(['certify issuer-2']);
    // Its lists have to be published before its first certificate points to them.
    world.pass(15 * 60);
    expect((await run()).done).toEqual(['activate issuer-2']);
  });

  test('takes the issuer that an administrator certified', async () => {
    world.pass(USABLE - 100 * DAY);
    await certifyNextIssuer(world, { id: 'issuer-3', by: ADMIN });
    expect(await live(110)).toEqual(['activate issuer-3']);
  });

  test('does not take one that was certified so early that it would drain at once', async () => {
    await certifyNextIssuer(world, { by: ADMIN });
    world.pass(USABLE - 10 * DAY);
    expect(await live(12)).toEqual(['certify issuer-3', 'activate issuer-3', 'retire issuer-2']);
  });

  test('finishes what was begun', async () => {
    world.signer.failNext('DisabledException');
    await expect(certifyNextIssuer(world, { by: ADMIN })).rejects.toThrow();
    expect((await run()).done).toEqual(['certify issuer-2']);
    expect((await run()).done).toEqual([]);
  });

  test('replaces a compromised issuer at once, also without one that is ready', async () => {
    await changeIssuer(world, { id: 'issuer-1', action: 'compromise', by: ADMIN });
    expect((await run()).done).toEqual(['certify issuer-2', 'activate issuer-2']);
    expect(await world.states()).toEqual(['issuer-1 COMPROMISED', 'issuer-2 ACTIVE']);
  });

  test('keeps to key families: one without a slot of its own goes on as long as it can', async () => {
    world = await IssuerWorld.create([slot(1), slot(2, 'RSA_3072')]);
    world.pass(USABLE);
    expect(await run()).toMatchObject({ done: [], failed: [] });
    expect(await world.states()).toEqual(['issuer-1 ACTIVE']);
  });

  test('leaves a family alone that an administrator let drain', async () => {
    world = await IssuerWorld.create([slot(1), slot(2, 'RSA_3072'), slot(3)]);
    await certifyNextIssuer(world, { id: 'issuer-2', by: ADMIN });
    await changeIssuer(world, { id: 'issuer-2', action: 'activate', by: ADMIN });
    await changeIssuer(world, { id: 'issuer-1', action: 'drain', by: ADMIN });
    world.pass(100 * DAY);
    expect((await run()).done).toEqual([]);
  });

  test('of an issuer that lives for a year only begins in the middle of its life', async () => {
    world = await IssuerWorld.create([
      { ...slot(1), lifetimeSeconds: 365 * DAY },
      { ...slot(2), lifetimeSeconds: 365 * DAY },
    ]);
    world.pass(365 * DAY * 0.5 - HOUR);
    expect((await run()).done).toEqual(['certify issuer-2']);
    world.pass(DAY);
    expect((await run()).done).toEqual(['activate issuer-2']);
  });

  test('ten runs at once do each step once', async () => {
    world.pass(USABLE);
    await run();
    world.pass(HOUR);
    const reports = await Promise.all(Array.from({ length: 10 }, run));
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    expect(await world.states()).toEqual(['issuer-1 DRAINING', 'issuer-2 ACTIVE']);
    expect((await world.issuer('issuer-2'))?.changes).toHaveLength(2);
  });

  test.each(
    (
      [
        'readAuthority',
        'readSlots',
        'reserveIssuer',
        'commitIssuer',
        'changeIssuers',
      ] as const satisfies StoreMethod[]
    ).flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, when }))),
  )('cut off $when $method: the next runs end the same', async ({ method, when }) => {
    world.pass(USABLE);
    world.store.failNext(method, { error: new Error('killed'), when });
    await run();
    await run();
    world.pass(HOUR);
    await run();
    await run();
    expect(await run()).toMatchObject({ done: [], failed: [] });
    expect(await world.states()).toEqual(['issuer-1 DRAINING', 'issuer-2 ACTIVE']);
  });

  test('reports what it could not do, and does the rest', async () => {
    await certifyNextIssuer(world, { by: ADMIN });
    await changeIssuer(world, { id: 'issuer-2', action: 'activate', by: ADMIN });
    world.pass(USABLE);
    world.signer.failNext('DisabledException');
    const { done, failed } = await run();
    expect(done).toEqual(['retire issuer-1']);
    expect(failed).toMatchObject([{ what: 'certify issuer-3', error: { name: 'SigningError' } }]);
  });
});

describe('how long issuance is provided for', () => {
  test('is as long as the issuers and slots last', async () => {
    expect((await run()).issuanceSeconds).toBeCloseTo(3 * (LIFE - MAX_LEAF_LIFETIME_SECONDS), -4);
    world.pass(100 * DAY);
    expect((await run()).issuanceSeconds).toBeCloseTo(3 * (LIFE - MAX_LEAF_LIFETIME_SECONDS) - 100 * DAY, -4);
  });

  test('is the least of the families', async () => {
    world = await IssuerWorld.create([slot(1), slot(2), slot(3, 'RSA_3072')]);
    await certifyNextIssuer(world, { id: 'issuer-3', by: ADMIN });
    await changeIssuer(world, { id: 'issuer-3', action: 'activate', by: ADMIN });
    expect((await run()).issuanceSeconds).toBeCloseTo(LIFE - MAX_LEAF_LIFETIME_SECONDS, -4);
  });

  test('is none where no issuer is active, or nothing can be read', async () => {
    world = await IssuerWorld.create([slot(1)]);
    await changeIssuer(world, { id: 'issuer-1', action: 'compromise', by: ADMIN });
    expect((await run()).issuanceSeconds).toBe(0);
    world.store.failNext('readAuthority', { error: new Error('down'), when: 'before' });
    expect(await run()).toMatchObject({ issuanceSeconds: 0, failed: [{ what: 'rollover' }] });
  });
});
