import { describe, expect, test } from '@jest/globals';
import { plus } from '../../../shared/domain/instant.ts';
import type { Slot } from '../../../shared/domain/slot.ts';
import { recordedCeremonies } from '../../../shared/issuance/recorded-ceremonies.ts';
import { LONGEST_USE_SECONDS, rootCustody, SETTLING_SECONDS } from '../../../shared/issuance/root-custody.ts';
import { checkRootKeys } from '../../../shared/rotation/check-root-keys.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import { fakeStore } from '../../fakes/store.ts';
import { NOW, sampleIssuer, sampleRoot } from '../../support/records.ts';

const ROOT = { ...sampleRoot(), keySpec: 'ECC_NIST_P256' as const };
const ISSUER = { ...sampleIssuer(), keySpec: 'ECC_NIST_P256' as const };
const digest = (first: number) => new Uint8Array(32).fill(first);
const USE = { purpose: 'certificate of issuer-2', by: 'arn:aws:iam::111122223333:role/ca-admin' };
const SLOT: Slot = {
  kind: 'root',
  id: ROOT.id,
  place: 0,
  authority: 'fleet',
  keyArn: ROOT.keyArn,
  keySpec: ROOT.keySpec,
  lifetimeSeconds: 1,
};

/** A root whose key is disabled between uses, unless its slot says otherwise. */
async function world(slot: Slot = { ...SLOT, disabledBetweenUses: true } as Slot) {
  const store = fakeStore();
  store.tables.roots.set(ROOT.id, ROOT);
  store.tables.issuers.set(ISSUER.id, ISSUER);
  await store.writeSlot(slot);
  const kms = fakeCaSigner({ [ROOT.keyArn]: 'ECC_NIST_P256', [ISSUER.keyArn]: 'ECC_NIST_P256' });
  const left: unknown[] = [];
  const calls: string[] = [];
  const clock = { now: NOW };
  const pauses: number[] = [];
  const keys = {
    stateOf: kms.stateOf,
    enable: async (keyArn: string) => {
      calls.push('enable');
      await kms.enable(keyArn);
    },
    disable: async (keyArn: string) => {
      calls.push('disable');
      await kms.disable(keyArn);
    },
  };
  const deps = { authority: store, slots: store, ceremonies: store, keys, clock: () => clock.now };
  const custody = rootCustody({
    ...deps,
    signer: kms,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    onLeftEnabled: (error) => void left.push(error),
  });
  const signer = recordedCeremonies(kms, { ...deps, onUnrecorded: () => {}, custody });
  return { store, kms, keys, deps, signer, calls, left, clock, pauses };
}

describe('a root whose key is disabled between uses', () => {
  test('is enabled after the use is recorded, and disabled when it has ended', async () => {
    const { store, kms, signer, calls } = await world();
    await kms.disable(ROOT.keyArn);
    kms.interleave(async () => {
      expect(await store.lastCeremonies(9)).toMatchObject([{ purpose: USE.purpose }]);
      expect(await kms.stateOf(ROOT.keyArn)).toBe('Enabled');
    });
    await signer.sign(ROOT, digest(1), USE);
    expect(calls).toEqual(['enable', 'disable']);
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
    expect(await store.lastCeremonies(9)).toMatchObject([{ outcome: 'signed' }]);
    expect.assertions(5);
  });

  test('is not enabled where the use cannot be recorded', async () => {
    const { store, kms, signer, calls } = await world();
    await kms.disable(ROOT.keyArn);
    store.failNext('begin', { error: new Error('throttled'), when: 'before' });
    await expect(signer.sign(ROOT, digest(1), USE)).rejects.toThrow('throttled');
    expect(calls).toEqual([]);
  });

  test('signs although KMS takes it for disabled for some seconds; its record has every request', async () => {
    const { store, kms, signer } = await world();
    await kms.disable(ROOT.keyArn);
    kms.delayEnabling(3);
    const { attempts } = await signer.sign(ROOT, digest(1), USE);
    expect(attempts).toMatchObject([{ outcome: 'ok' }]);
    expect((await store.lastCeremonies(9))[0]?.kmsRequestIds).toHaveLength(4);
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
  });

  test('that KMS takes for disabled for longer is an error that another try may mend; it stays enabled for it', async () => {
    const { store, kms, signer, pauses, calls, clock } = await world();
    await kms.disable(ROOT.keyArn);
    // One call more than a use makes.
    kms.delayEnabling(7);
    await expect(signer.sign(ROOT, digest(1), USE)).rejects.toMatchObject({
      name: 'SigningError',
      message: expect.stringContaining('DisabledException, although the key was enabled'),
      retryable: true,
    });
    expect(pauses.reduce((sum, one) => sum + one, 0)).toBe(5750);
    expect(await store.lastCeremonies(9)).toMatchObject([{ outcome: 'not_enabled' }]);
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Enabled');
    expect(calls).not.toContain('disable');

    clock.now = plus(NOW, 300);
    await signer.sign(ROOT, digest(1), USE);
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
  });

  test('stays enabled for the next try of a use also when another one fails for another reason', async () => {
    const { kms, signer, clock } = await world();
    await kms.disable(ROOT.keyArn);
    kms.delayEnabling(1000);
    kms.interleave(async () => {
      clock.now = plus(NOW, 1);
      kms.failNext('AccessDeniedException');
      await expect(signer.sign(ROOT, digest(2), USE)).rejects.toThrow('AccessDeniedException');
    });
    await expect(signer.sign(ROOT, digest(1), USE)).rejects.toThrow('although the key was enabled');
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Enabled');
    expect.assertions(3);
  });

  test('is disabled after a use that failed for any other reason', async () => {
    const { store, kms, signer } = await world();
    await kms.disable(ROOT.keyArn);
    kms.failNext('AccessDeniedException');
    await expect(signer.sign(ROOT, digest(1), USE)).rejects.toThrow('AccessDeniedException');
    expect(await store.lastCeremonies(9)).toMatchObject([{ outcome: 'failed' }]);
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
  });

  test('whose deletion is scheduled signs nothing, and is not tried again', async () => {
    const { kms, signer, calls } = await world();
    kms.scheduleDeletion(ROOT.keyArn);
    await expect(signer.sign(ROOT, digest(1), USE)).rejects.toMatchObject({
      message: expect.stringContaining('KMSInvalidStateException'),
      retryable: false,
    });
    expect(calls.filter((call) => call === 'enable')).toHaveLength(1);
  });

  test('stays enabled while another use is under way, and the last one disables it', async () => {
    const { kms, signer, calls } = await world();
    await kms.disable(ROOT.keyArn);
    kms.interleave(async () => {
      await signer.sign(ROOT, digest(2), { ...USE, purpose: 'list of root-1' });
      expect(calls).toEqual(['enable', 'enable']);
      expect(await kms.stateOf(ROOT.keyArn)).toBe('Enabled');
    });
    await signer.sign(ROOT, digest(1), USE);
    expect(calls).toEqual(['enable', 'enable', 'disable']);
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
    expect.assertions(4);
  });

  test('that another use disables under its feet is enabled again', async () => {
    const { kms, signer, calls } = await world();
    kms.interleave(() => kms.disable(ROOT.keyArn));
    await signer.sign(ROOT, digest(1), USE);
    expect(calls).toEqual(['enable', 'enable', 'disable']);
  });

  test('that cannot be disabled leaves the signature as it is, and the log has the reason', async () => {
    const { store, signer, left, kms } = await world();
    store.failNext('lastCeremonies', { error: new Error('throttled'), when: 'before' });
    await signer.sign(ROOT, digest(1), USE);
    expect(left).toEqual([new Error('throttled')]);
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Enabled');
  });

  describe('and whose public key is read', () => {
    const reader = { id: ROOT.id, disabledBetweenUses: true, by: USE.by } as const;

    test('is enabled for it, which is recorded before', async () => {
      const { store, kms, keys, deps, calls } = await world();
      await kms.disable(ROOT.keyArn);
      const begun: unknown[] = [];
      const enable = async (keyArn: string) => {
        begun.push(...(await store.lastCeremonies(9)));
        await keys.enable(keyArn);
      };
      const custody = rootCustody({
        ...deps,
        keys: { ...keys, enable },
        signer: kms,
        pause: async () => {},
        onLeftEnabled: () => {},
      });
      const signer = recordedCeremonies(kms, { ...deps, onUnrecorded: () => {}, custody });
      expect((await signer.publicKey(ROOT.keyArn, reader)).length).toBeGreaterThan(64);
      const use = { purpose: 'public key of root-1', by: USE.by, rootId: ROOT.id, keyArn: ROOT.keyArn };
      expect(begun).toEqual([{ ...use, at: NOW, digest: '' }]);
      expect(await store.lastCeremonies(9)).toMatchObject([{ ...use, outcome: 'read' }]);
      expect(calls).toEqual(['enable', 'disable']);
      await expect(signer.publicKey(ROOT.keyArn)).rejects.toThrow('DisabledException');
    });

    test('is not enabled where that cannot be recorded', async () => {
      const { store, signer, calls } = await world();
      store.failNext('begin', { error: new Error('throttled'), when: 'before' });
      await expect(signer.publicKey(ROOT.keyArn, reader)).rejects.toThrow('throttled');
      expect(calls).toEqual([]);
    });

    test('stays enabled while it is read, whatever the check sees', async () => {
      const { deps, kms } = await world();
      await kms.disable(ROOT.keyArn);
      const publicKey = async (keyArn: string) => {
        expect(await kms.stateOf(ROOT.keyArn)).toBe('Enabled');
        expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: [], failed: [] });
        return kms.publicKey(keyArn);
      };
      const custody = rootCustody({
        ...deps,
        signer: { ...kms, publicKey },
        pause: async () => {},
        onLeftEnabled: () => {},
      });
      const signer = recordedCeremonies(kms, { ...deps, onUnrecorded: () => {}, custody });
      await signer.publicKey(ROOT.keyArn, reader);
      expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: [], failed: [] });
      expect.assertions(3);
    });

    test('of a root without the setting is no use that is recorded', async () => {
      const { store, signer } = await world(SLOT);
      await signer.publicKey(ROOT.keyArn, { id: ROOT.id, by: USE.by });
      expect(await store.lastCeremonies(9)).toEqual([]);
    });
  });
});

test('a root without the setting is neither enabled nor disabled, and the key of an issuer never', async () => {
  const { kms, signer, calls } = await world(SLOT);
  await signer.sign(ROOT, digest(1), USE);
  await signer.sign(ISSUER, digest(2), USE);
  await kms.disable(ROOT.keyArn);
  await expect(signer.sign(ROOT, digest(3), USE)).rejects.toThrow('DisabledException');
  expect(calls).toEqual([]);
});

describe('the check of the keys of roots', () => {
  const begun = { rootId: ROOT.id, keyArn: ROOT.keyArn, at: NOW, digest: 'ab', ...USE };

  test('finds nothing where the key is disabled', async () => {
    const { deps, kms, calls } = await world();
    await kms.disable(ROOT.keyArn);
    expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: [], failed: [] });
    expect(calls).toEqual([]);
  });

  test('leaves a key enabled while a use is under way', async () => {
    const { deps, store, clock } = await world();
    await store.begin(begun);
    clock.now = plus(NOW, LONGEST_USE_SECONDS - 1);
    expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: [], failed: [] });
  });

  test('disables the key of a use that was cut off, which explains it', async () => {
    const { deps, store, clock, kms } = await world();
    await store.begin(begun);
    clock.now = plus(NOW, LONGEST_USE_SECONDS);
    expect(await checkRootKeys(deps)).toEqual({ disabled: ['root-1'], wrong: [], failed: [] });
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
  });

  test.each([
    { name: 'no use', uses: [] },
    {
      name: 'a use that ended a while ago',
      uses: [{ ...begun, at: plus(NOW, -SETTLING_SECONDS), outcome: 'signed' as const }],
    },
    { name: 'a use that was cut off long ago', uses: [{ ...begun, at: plus(NOW, -3600) }] },
    {
      name: 'a use that left it enabled long ago',
      uses: [{ ...begun, at: plus(NOW, -3600), outcome: 'not_enabled' as const }],
    },
    {
      name: 'a use that left it enabled, before one that ended a while ago',
      uses: [
        { ...begun, at: plus(NOW, -SETTLING_SECONDS - 300), outcome: 'not_enabled' as const },
        { ...begun, at: plus(NOW, -SETTLING_SECONDS), outcome: 'signed' as const },
      ],
    },
    { name: 'a use of another root', uses: [{ ...begun, keyArn: 'arn:other' }] },
  ])('reports a key that is enabled with $name, and disables it', async ({ uses }) => {
    const { deps, store, kms } = await world();
    for (const use of uses) {
      await store.begin(use);
      if ('outcome' in use) await store.end(use, use.outcome, []);
    }
    expect(await checkRootKeys(deps)).toEqual({ disabled: ['root-1'], wrong: ['root-1'], failed: [] });
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
  });

  test.each(['signed', 'read', 'failed'] as const)(
    'disables a key that KMS still shows as enabled after a use that %s, and reports nothing',
    async (outcome) => {
      const { deps, store, calls, clock } = await world();
      await store.begin(begun);
      await store.end(begun, outcome, []);
      clock.now = plus(NOW, SETTLING_SECONDS - 1);
      expect(await checkRootKeys(deps)).toEqual({ disabled: ['root-1'], wrong: [], failed: [] });
      expect(calls).toEqual(['disable']);
    },
  );

  test('reports nothing where a use ends between the two looks at the key and at its uses', async () => {
    const { deps, store } = await world();
    await store.begin(begun);
    const stateOf = async (keyArn: string) => {
      const state = await deps.keys.stateOf(keyArn);
      await store.end(begun, 'signed', []);
      await deps.keys.disable(keyArn);
      return state;
    };
    expect(await checkRootKeys({ ...deps, keys: { ...deps.keys, stateOf } })).toMatchObject({ wrong: [] });
  });

  test('leaves a key enabled for the next try of a use that KMS was too slow for, for minutes only', async () => {
    const { deps, store, clock, kms } = await world();
    await store.begin(begun);
    await store.end(begun, 'not_enabled', []);
    clock.now = plus(NOW, SETTLING_SECONDS - 1);
    expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: [], failed: [] });
    clock.now = plus(NOW, SETTLING_SECONDS);
    expect(await checkRootKeys(deps)).toEqual({ disabled: ['root-1'], wrong: [], failed: [] });
    expect(await kms.stateOf(ROOT.keyArn)).toBe('Disabled');
  });

  test('disables the key after the next try', async () => {
    const { deps, store, clock } = await world();
    await store.begin(begun);
    await store.end(begun, 'not_enabled', []);
    const next = { ...begun, at: plus(NOW, 300) };
    await store.begin(next);
    await store.end(next, 'signed', []);
    clock.now = plus(NOW, 301);
    expect(await checkRootKeys(deps)).toEqual({ disabled: ['root-1'], wrong: [], failed: [] });
  });

  test('reports a disabled key of a root without the setting, and does not enable it', async () => {
    const { deps, kms, calls } = await world(SLOT);
    expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: [], failed: [] });
    await kms.disable(ROOT.keyArn);
    expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: ['root-1'], failed: [] });
    expect(calls).toEqual([]);
  });

  test('reports a key whose deletion is scheduled, unless the root is retired', async () => {
    const { deps, kms, store } = await world();
    kms.scheduleDeletion(ROOT.keyArn);
    expect(await checkRootKeys(deps)).toMatchObject({ wrong: ['root-1'] });
    store.tables.roots.set(ROOT.id, { ...ROOT, state: 'RETIRED' });
    expect(await checkRootKeys(deps)).toEqual({ disabled: [], wrong: [], failed: [] });
  });

  test('goes on where KMS gives no answer, and says so', async () => {
    const { deps } = await world();
    const error = new Error('timeout');
    const keys = { ...deps.keys, stateOf: () => Promise.reject(error) };
    expect(await checkRootKeys({ ...deps, keys })).toEqual({
      disabled: [],
      wrong: [],
      failed: [{ what: 'key of root-1', error }],
    });
  });
});
