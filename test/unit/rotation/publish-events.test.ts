import { beforeEach, describe, expect, test } from '@jest/globals';
import { plus, toRfc3339 } from '../../../shared/domain/instant.ts';
import { publishEvents } from '../../../shared/rotation/publish-events.ts';
import { fakeEvents } from '../../fakes/events.ts';
import { fakeStore } from '../../fakes/store.ts';
import { NOW, sampleAdditionalRoot, sampleIssuer, sampleRoot } from '../../support/records.ts';

const BY = 'arn:aws:iam::111122223333:role/ca-admin';
const SECRET = 'found on the laptop of a colleague';

let store: ReturnType<typeof fakeStore>;
let bus: ReturnType<typeof fakeEvents>;
beforeEach(() => {
  store = fakeStore();
  bus = fakeEvents();
});

const run = () => publishEvents({ authority: store, log: store, events: bus });
const published = () =>
  bus.published.map(({ type, detail }) => `${type} ${detail['issuer'] ?? detail['root']}`);

/** What happens at NOW and every second after it. */
const inOrder = <const To>(...states: readonly To[]) =>
  states.map((to, index) => ({ to, at: plus(NOW, index + 1), by: BY, comment: SECRET }));

describe('events', () => {
  test('of an issuer, from its certificate to the end', async () => {
    const changes = inOrder('READY', 'ACTIVE', 'DRAINING', 'RETIRED');
    await store.reserveIssuer(sampleIssuer({ state: 'RETIRED', changes }));
    await run();
    expect(published()).toEqual([
      'issuer.certified issuer-1',
      'issuer.activated issuer-1',
      'issuer.draining issuer-1',
      'issuer.retired issuer-1',
    ]);
  });

  test('say what happened when, by whom, and what a program needs to find the issuer', async () => {
    const issuer = sampleIssuer({
      state: 'COMPROMISED',
      changes: inOrder('COMPROMISED'),
      revokeAt: plus(NOW, 60),
      revocation: { revokedAt: plus(NOW, 61), reason: 'cACompromise' },
    });
    await store.reserveIssuer(issuer);
    const { serialNumber, validity } = issuer;
    const common = {
      issuer: 'issuer-1',
      root: 'root-1',
      serialNumber,
      notAfter: toRfc3339(validity.notAfter),
    };
    expect(await run()).toEqual([
      {
        id: `issuer.compromised/issuer-1/${toRfc3339(plus(NOW, 1))}`,
        type: 'issuer.compromised',
        at: plus(NOW, 1),
        detail: { ...common, state: 'COMPROMISED', by: BY, revokeAt: toRfc3339(plus(NOW, 60)) },
      },
      {
        id: `issuer.revoked/issuer-1/${toRfc3339(plus(NOW, 61))}`,
        type: 'issuer.revoked',
        at: plus(NOW, 61),
        detail: { ...common, reason: 'cACompromise' },
      },
    ]);
    expect(JSON.stringify(bus.published)).not.toContain(SECRET);
  });

  test('of roots, the first one included, oldest first', async () => {
    await store.reserveRoot(sampleRoot({ state: 'DRAINING', changes: inOrder('DRAINING') }));
    const next = { id: 'root-2', predecessorId: 'root-1', createdAt: plus(NOW, 9) };
    await store.reserveRoot(sampleRoot({ ...next, state: 'ACTIVE', changes: inOrder('TRUSTED', 'ACTIVE') }));
    await run();
    expect(published()).toEqual([
      'root.certified root-1',
      'root.draining root-1',
      'root.certified root-2',
      'root.activated root-2',
    ]);
    expect(bus.published.map(({ detail }) => detail['predecessor'])).toEqual([
      undefined,
      undefined,
      'root-1',
      'root-1',
    ]);
  });

  test('none of a root or an issuer that has no certificate yet', async () => {
    await store.reserveRoot(sampleRoot());
    await store.reserveIssuer(sampleIssuer());
    expect(await run()).toEqual([]);
    expect(store.calls).not.toContain('notePublished');
  });

  test('of additional roots, also of one that is gone', async () => {
    const { sha256, subject } = sampleAdditionalRoot();
    const change = { sha256, subject, at: NOW, by: BY };
    await store.replaceAdditionalRoots({ version: 1, roots: [sampleAdditionalRoot()] }, [
      { ...change, action: 'added' },
    ]);
    await store.replaceAdditionalRoots({ version: 2, roots: [] }, [{ ...change, action: 'removed' }]);
    expect(await run()).toEqual(
      (['root.added', 'root.removed'] as const).map((type) => ({
        id: `${type}/${sha256}/${toRfc3339(NOW)}`,
        type,
        at: NOW,
        detail: { sha256, subject, by: BY },
      })),
    );
  });
});

describe('a run', () => {
  beforeEach(async () => {
    await store.reserveIssuer(sampleIssuer({ state: 'ACTIVE', changes: inOrder('READY', 'ACTIVE') }));
  });

  test('after another one publishes what is new', async () => {
    expect(await run()).toHaveLength(2);
    expect(await run()).toEqual([]);
    await store.changeIssuers([
      { id: 'issuer-1', from: 'ACTIVE', change: { to: 'DRAINING', at: plus(NOW, 9), by: BY } },
    ]);
    expect((await run()).map(({ type }) => type)).toEqual(['issuer.draining']);
  });

  test.each(['before', 'after'] as const)(
    'whose bus fails %s it takes them fails, and the next one publishes the same',
    async (when) => {
      bus.failing = when;
      await expect(run()).rejects.toThrow('the bus is out of reach');
      bus.failing = undefined;
      expect(await run()).toHaveLength(2);
      expect(new Set(bus.published.map(({ id }) => id)).size).toBe(2);
      expect(await run()).toEqual([]);
    },
  );

  test('beside another one loses nothing: an event may come twice, with one id', async () => {
    await Promise.all([run(), run(), run()]);
    expect(new Set(bus.published.map(({ id }) => id)).size).toBe(2);
    expect(await run()).toEqual([]);
  });
});
