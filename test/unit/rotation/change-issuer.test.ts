import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ISSUER_STATES, type Issuer, type IssuerState } from '../../../shared/domain/authority.ts';
import { DAY, HOUR } from '../../../shared/domain/duration.ts';
import { plus, toRfc3339 } from '../../../shared/domain/instant.ts';
import { familyOfCa } from '../../../shared/domain/key-family.ts';
import { certifyNextIssuer } from '../../../shared/rotation/certify-next-issuer.ts';
import { changeIssuer } from '../../../shared/rotation/change-issuer.ts';
import { ISSUER_ACTIONS, type IssuerAction } from '../../../shared/rotation/issuer-transitions.ts';
import { type IssuerChangeRequest, planIssuerChange } from '../../../shared/rotation/plan-issuer-change.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { NOW, sampleIssuer } from '../../support/records.ts';
import { ADMIN, IssuerWorld, slot } from './issuer-world.ts';

let world: IssuerWorld;

/** The first is active, the others are ready. */
async function arrange(...slots: readonly ReturnType<typeof slot>[]): Promise<void> {
  world = await IssuerWorld.create(slots);
  for (const { id } of slots) await certifyNextIssuer(world, { id, by: ADMIN });
}

beforeEach(() => arrange(slot(1), slot(2), slot(3)));

const change = (id: string, action: IssuerAction, more: Partial<IssuerChangeRequest> = {}) =>
  changeIssuer(world, { id, action, by: ADMIN, ...more });

describe('activating an issuer', () => {
  test('drains the active one, in one step', async () => {
    const { issuer, changed } = await change('issuer-2', 'activate');
    expect(changed).toEqual(['issuer-2', 'issuer-1']);
    expect(issuer.changes?.at(-1)).toEqual({ to: 'ACTIVE', at: NOW, by: ADMIN });
    expect(await world.states()).toEqual(['issuer-1 DRAINING', 'issuer-2 ACTIVE', 'issuer-3 READY']);
    expect(await world.issuer('issuer-1')).toMatchObject({ drainedAt: NOW });
  });

  test('drains only the active one of its key family', async () => {
    await arrange(slot(1), slot(2, 'RSA_3072'), slot(3, 'RSA_3072'), slot(4, 'ECC_NIST_P384'));
    await change('issuer-2', 'activate');
    expect(await world.states()).toEqual([
      'issuer-1 ACTIVE',
      'issuer-2 ACTIVE',
      'issuer-3 READY',
      'issuer-4 READY',
    ]);
    await change('issuer-4', 'activate');
    await change('issuer-3', 'activate');
    expect(await world.states()).toEqual([
      'issuer-1 DRAINING',
      'issuer-2 DRAINING',
      'issuer-3 ACTIVE',
      'issuer-4 ACTIVE',
    ]);
  });

  test('again changes nothing: the first time and author stay', async () => {
    const first = await change('issuer-2', 'activate', { comment: 'planned' });
    world.pass(DAY);
    const again = await change('issuer-2', 'activate', { by: 'arn:other' });
    expect(again).toEqual({ ...first, changed: [] });
  });

  test('of two at the same time, both are done one after the other: one is active', async () => {
    await Promise.all([change('issuer-2', 'activate'), change('issuer-3', 'activate')]);
    const states = await world.states();
    expect(states.filter((state) => state.endsWith('ACTIVE'))).toHaveLength(1);
    expect(states[0]).toBe('issuer-1 DRAINING');
  });

  test('of two at the same time where none is active, one is active in the end', async () => {
    world.put('issuer-1', 'COMPROMISED');
    world.store.interleave('changeIssuers', () => change('issuer-3', 'activate'));
    await change('issuer-2', 'activate');
    expect(await world.states()).toEqual(['issuer-1 COMPROMISED', 'issuer-2 ACTIVE', 'issuer-3 DRAINING']);
  });

  test('one that has expired is refused', async () => {
    const { notAfter } = (await world.issuer('issuer-2'))?.validity ?? { notAfter: NOW };
    world.pass(notAfter - world.now + 1);
    await expect(change('issuer-2', 'activate')).rejects.toMatchObject({
      code: 'state_conflict',
      message: `issuer-2 expired at ${toRfc3339(notAfter)}. Certify another slot.`,
    });
  });
});

describe('draining an issuer', () => {
  test('is refused where no other is active', async () => {
    await expect(change('issuer-1', 'drain')).rejects.toMatchObject({
      code: 'state_conflict',
      message:
        'issuer-1 is the only active issuer: without it, no certificate is issued. Activate the next one instead, which drains this one.',
    });
    expect(await world.states()).toContain('issuer-1 ACTIVE');
  });

  test('where another family is active, leaves that one', async () => {
    await arrange(slot(1), slot(2, 'RSA_3072'));
    await change('issuer-2', 'activate');
    await change('issuer-1', 'drain');
    expect(await world.states()).toEqual(['issuer-1 DRAINING', 'issuer-2 ACTIVE']);
  });
});

describe('retiring an issuer', () => {
  test('is refused while a certificate of it may be valid, saying until when', async () => {
    await change('issuer-2', 'activate');
    const end = plus(NOW, 397 * DAY + HOUR);
    world.pass(397 * DAY);
    await expect(change('issuer-1', 'retire')).rejects.toMatchObject({
      code: 'state_conflict',
      message: `Certificates of issuer-1 may be valid until ${toRfc3339(end)}. Until then it signs their revocation lists; retire it afterwards.`,
    });
    world.pass(2 * HOUR);
    await change('issuer-1', 'retire');
    expect(await world.states()).toEqual(['issuer-1 RETIRED', 'issuer-2 ACTIVE', 'issuer-3 READY']);
  });

  test('is possible once it has expired, however late it drained', async () => {
    const { notAfter } = (await world.issuer('issuer-1'))?.validity ?? { notAfter: NOW };
    world.pass(notAfter - world.now - DAY);
    world.put('issuer-2', 'READY', {
      validity: { notBefore: world.now, notAfter: plus(world.now, 900 * DAY) },
    });
    await change('issuer-2', 'activate');
    world.pass(DAY + 1);
    await change('issuer-1', 'retire');
    expect(await world.states()).toContain('issuer-1 RETIRED');
  });

  test('one that never issued may retire at once', async () => {
    await change('issuer-3', 'retire');
    expect(await world.states()).toContain('issuer-3 RETIRED');
  });
});

describe('a compromised issuer', () => {
  test.each([
    { name: 'at once', earlier: false },
    { name: 'later, counted from the first report', earlier: true },
  ])('is revoked within 7 days: a later time is refused $name', async ({ earlier }) => {
    if (earlier) {
      await change('issuer-1', 'compromise');
      world.now = plus(NOW, DAY);
    }
    await expect(
      change('issuer-1', 'compromise', { revokeAt: plus(NOW, 7 * DAY + 1) }),
    ).rejects.toMatchObject({
      code: 'state_conflict',
      errors: [
        {
          pointer: '#/revokeAt',
          detail: `revokeAt is later than ${toRfc3339(plus(NOW, 7 * DAY))}, 7 days after issuer-1 was reported as compromised. Choose an earlier time, or leave it out.`,
        },
      ],
    });
    await change('issuer-1', 'compromise', { revokeAt: plus(NOW, 7 * DAY) });
    expect(await world.issuer('issuer-1')).toMatchObject({ revokeAt: plus(NOW, 7 * DAY) });
  });

  test('issues nothing more at once, the next one takes over, and the root revokes it within 7 days', async () => {
    const { issuer, changed } = await change('issuer-1', 'compromise', { comment: 'export seen' });
    expect(changed).toEqual(['issuer-1', 'issuer-2']);
    expect(issuer).toMatchObject({
      state: 'COMPROMISED',
      compromisedAt: NOW,
      revokeAt: plus(NOW, 7 * DAY),
    });
    expect(issuer.changes?.at(-1)).toEqual({ to: 'COMPROMISED', at: NOW, by: ADMIN, comment: 'export seen' });
    expect(await world.states()).toEqual(['issuer-1 COMPROMISED', 'issuer-2 ACTIVE', 'issuer-3 READY']);
  });

  test('without one that is ready, none is active', async () => {
    await arrange(slot(1));
    await change('issuer-1', 'compromise');
    expect(await world.states()).toEqual(['issuer-1 COMPROMISED']);
  });

  test.each(ISSUER_STATES.map((state) => ({ state })))('may have been $state', async ({ state }) => {
    world.put('issuer-3', state, state === 'COMPROMISED' ? { compromisedAt: NOW, revokeAt: NOW } : {});
    await change('issuer-3', 'compromise');
    expect(await world.states()).toContain('issuer-3 COMPROMISED');
    expect((await world.states())[0]).toBe('issuer-1 ACTIVE');
  });

  test('may be revoked earlier, never later', async () => {
    await change('issuer-1', 'compromise', { revokeAt: plus(NOW, 3 * DAY) });
    world.pass(DAY);
    await change('issuer-1', 'compromise', { revokeAt: plus(NOW, 5 * DAY) });
    expect(await world.issuer('issuer-1')).toMatchObject({ revokeAt: plus(NOW, 3 * DAY) });
    await change('issuer-1', 'compromise', { revokeAt: world.now });
    expect(await world.issuer('issuer-1')).toMatchObject({ compromisedAt: NOW, revokeAt: world.now });
    await change('issuer-1', 'compromise');
    expect(await world.issuer('issuer-1')).toMatchObject({ revokeAt: world.now });
  });

  test('of two deadlines at the same time, the earlier one stays', async () => {
    await change('issuer-1', 'compromise');
    world.store.interleave('changeIssuers', () =>
      change('issuer-1', 'compromise', { revokeAt: plus(NOW, DAY) }),
    );
    await change('issuer-1', 'compromise', { revokeAt: plus(NOW, 2 * DAY) });
    expect(await world.issuer('issuer-1')).toMatchObject({ revokeAt: plus(NOW, DAY) });
  });

  test.each(['activate', 'drain', 'retire'] as const)('never becomes anything else: %s', async (action) => {
    await change('issuer-2', 'compromise');
    await expect(change('issuer-2', action)).rejects.toMatchObject({
      code: 'state_conflict',
      message: expect.stringContaining('issuer-2 is COMPROMISED; only an issuer that is '),
    });
  });
});

test.each(
  (['readAuthority', 'changeIssuers'] as const satisfies StoreMethod[]).flatMap((method) =>
    (['before', 'after'] as const).map((when) => ({ method, when })),
  ),
)('cut off $when $method: the next run ends the same', async ({ method, when }) => {
  world.store.failNext(method, { error: new Error('killed'), when });
  await expect(change('issuer-2', 'activate')).rejects.toThrow('killed');
  await change('issuer-2', 'activate');
  expect(await world.states()).toEqual(['issuer-1 DRAINING', 'issuer-2 ACTIVE', 'issuer-3 READY']);
});

test('an issuer that is not recorded is refused, with those that are', async () => {
  await expect(change('issuer-7', 'drain')).rejects.toMatchObject({
    code: 'not_found',
    message:
      'There is no issuer "issuer-7"; there are issuer-1, issuer-2, issuer-3. POST /v1/issuers makes the next one.',
  });
});

describe('whatever is done in whatever order', () => {
  const states = fc.constantFrom(...ISSUER_STATES);
  const specs = fc.constantFrom('RSA_3072' as const, 'ECC_NIST_P256' as const);
  const actions = fc.constantFrom(...(Object.keys(ISSUER_ACTIONS) as IssuerAction[]));

  test('one issuer of a family is active at most, and states change only as the table says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(states, specs), { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(5), actions), { maxLength: 20 }),
        (initial, requests) => {
          let issuers: readonly Issuer[] = initial.map(([state, keySpec], index) =>
            sampleIssuer({ id: `issuer-${index + 1}`, state: state === 'ACTIVE' ? 'READY' : state, keySpec }),
          );
          for (const [index, action] of requests) {
            const id = `issuer-${(index % issuers.length) + 1}`;
            issuers = after(issuers, { id, action, by: ADMIN });
            for (const family of ['rsa', 'ec'])
              expect(
                issuers.filter(({ state, keySpec }) => state === 'ACTIVE' && familyOfCa(keySpec) === family)
                  .length,
              ).toBeLessThan(2);
          }
        },
      ),
    );
  });

  function after(issuers: readonly Issuer[], request: IssuerChangeRequest): Issuer[] {
    const transitions = planned(issuers, request);
    return issuers.map((issuer) => {
      const transition = transitions.find(({ id }) => id === issuer.id);
      if (transition === undefined) return issuer;
      const { from, change: made, set } = transition;
      expect(from).toBe(issuer.state);
      expect(allowed(from, made.to)).toBe(true);
      return { ...issuer, state: made.to, ...set };
    });
  }

  function planned(issuers: readonly Issuer[], request: IssuerChangeRequest) {
    try {
      return planIssuerChange(issuers, request, NOW)?.transitions ?? [];
    } catch (error) {
      expect(error).toMatchObject({ code: 'state_conflict' });
      return [];
    }
  }

  function allowed(from: IssuerState, to: IssuerState): boolean {
    return Object.values(ISSUER_ACTIONS).some(
      (row) => row.to === to && (row.from as readonly IssuerState[]).includes(from),
    );
  }
});
