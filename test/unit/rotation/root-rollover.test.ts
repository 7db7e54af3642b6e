import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Root } from '../../../shared/domain/authority.ts';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import { type Instant, plus } from '../../../shared/domain/instant.ts';
import type { ProfileName } from '../../../shared/domain/profile.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import type { TrustDomain } from '../../../shared/domain/trust-domain.ts';
import { withoutUndefined } from '../../../shared/domain/without-undefined.ts';
import { createAuthority } from '../../../shared/issuance/create-authority.ts';
import { SigningError } from '../../../shared/issuance/ports.ts';
import { kmsRoot } from '../../../shared/issuance/roots.ts';
import { servedBundle } from '../../../shared/issuance/trust-bundle.ts';
import { certifyNextIssuer } from '../../../shared/rotation/certify-next-issuer.ts';
import { certifyRoot } from '../../../shared/rotation/certify-root.ts';
import { acknowledgeRoot, activateRoot, retireRoot } from '../../../shared/rotation/change-root.ts';
import { declareSlots } from '../../../shared/rotation/declare-slots.ts';
import { measureAdoption } from '../../../shared/rotation/measure-adoption.ts';
import type { HostTrust } from '../../../shared/rotation/ports.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import { fakeStore } from '../../fakes/store.ts';
import { REVOCATION_URL } from '../../support/ca.ts';
import { NOW, sampleIssuerSlot, sampleRecord, sampleRootSlot } from '../../support/records.ts';

const BY = 'arn:aws:iam::111122223333:role/ca-admin';
const YEAR = 31_557_600;

const root = (number: number, years: number) =>
  sampleRootSlot({
    id: `root-${number}`,
    place: number - 1,
    keyArn: `arn:test:root-${number}`,
    keySpec: 'ECC_NIST_P384',
    lifetimeSeconds: years * YEAR,
  });
const SLOTS = [root(1, 10), root(2, 20), root(3, 20)];
const ISSUERS = [1, 2, 3].map((number) =>
  sampleIssuerSlot({ id: `issuer-${number}`, place: number - 1, keySpec: 'ECC_NIST_P256' }),
);

let store: ReturnType<typeof fakeStore>;
let now: Instant;
/** What records say of the trust of their hosts. */
let reported: Map<SerialNumber, HostTrust>;
/** Predecessors whose successor is confirmed. */
let confirmed: Set<SerialNumber>;
const keys = [...SLOTS, ...ISSUERS].map(({ keyArn, keySpec }) => [keyArn, keySpec] as const);
let signer: ReturnType<typeof fakeCaSigner>;

const deps = () => ({
  slots: store,
  authority: store,
  roots: store,
  certificates: store,
  records: {
    trustOf: async (serials: readonly SerialNumber[]) =>
      serials.map((serial) => reported.get(serial) ?? { profile: 'agent' as const }),
    countConfirmed: async (serials: readonly SerialNumber[]) =>
      serials.filter((serial) => confirmed.has(serial)).length,
  },
  signer,
  clock: () => now,
  random: (length: number) => Uint8Array.from(randomBytes(length)),
  revocationUrl: REVOCATION_URL,
  threshold: 0.99,
});

beforeEach(async () => {
  store = fakeStore();
  now = NOW;
  reported = new Map();
  confirmed = new Set();
  signer = fakeCaSigner(Object.fromEntries(keys), () => now);
  const [first] = ISSUERS;
  const [firstRoot] = SLOTS;
  if (first === undefined || firstRoot === undefined) throw new Error('no slots');
  const { authority, revocationUrl, crlShards } = first;
  await createAuthority(
    { ...deps(), store },
    {
      authority,
      trustDomain: 'test' as TrustDomain,
      root: firstRoot,
      issuers: [first],
      revocationUrl,
      crlShards,
    },
  );
  await declareSlots(deps(), [...SLOTS, ...ISSUERS]);
});

const certify = (id = 'root-2') => certifyRoot(deps(), { id, by: BY });
const acknowledge = () => acknowledgeRoot(deps(), { id: 'root-2', by: BY, verifiers: ['Logstash'] });
const activate = () => activateRoot(deps(), { id: 'root-2', by: BY });
const retire = () => retireRoot(deps(), { id: 'root-1', by: BY });
const measure = () => measureAdoption(deps());
const states = async () => (await store.readAuthority()).roots.map(({ id, state }) => `${id} ${state}`);
const bundle = async () => servedBundle(await store.readAuthority());
const recorded = async (id = 'root-2'): Promise<Root | undefined> =>
  (await store.readAuthority()).roots.find((one) => one.id === id);

/** A certificate of a host; `trust` is what it reported with its renewal. */
async function certificate(
  name: string,
  trust?: { readonly reported: string | undefined },
  profile: ProfileName = 'agent',
) {
  const record = sampleRecord({ name: name as CommonName, profile, reservedAt: now, state: 'ISSUED' });
  store.tables.records.set(record.serialNumber, record);
  const predecessor = sampleRecord({}).serialNumber;
  if (trust)
    reported.set(
      record.serialNumber,
      withoutUndefined({ profile, predecessor, trustSha256: trust.reported }),
    );
  return predecessor;
}

describe('a root is certified', () => {
  test('alone: of two at the same time, one is, and nothing is signed for the other', async () => {
    const outcomes = await Promise.allSettled([certify('root-2'), certify('root-3')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
      code: 'state_conflict',
      message:
        'Another rollover of roots goes on from root-1. Finish it first: activate the newer root, and retire the older one.',
    });
    expect((await store.readAuthority()).roots).toHaveLength(2);
  });

  test('by itself and by the active root; it is in the bundle, and certifies nothing yet', async () => {
    const before = await bundle();
    const { root: made, created } = await certify();
    expect(created).toBe(true);
    expect(made).toMatchObject({ state: 'TRUSTED', predecessorId: 'root-1', cross: { rootId: 'root-1' } });
    expect((await bundle()).pem.startsWith(before.pem)).toBe(true);
    expect((await bundle()).sha256).not.toBe(before.sha256);
    const { issuer } = await certifyNextIssuer(deps(), { by: BY });
    expect(issuer.rootId).toBe('root-1');
  });

  test('once: again, it is returned', async () => {
    const { root: made } = await certify();
    expect(await certify()).toEqual({ root: made, created: false });
  });

  test.each(['reserveNextRoot', 'commitRoot', 'reserveCross', 'commitCross'] as const)(
    'cut off before and after %s, and finished with the same bytes',
    async (method) => {
      for (const when of ['before', 'after'] as const) {
        store.tables.roots.delete('root-2');
        store.failNext(method, { error: new Error('cut off'), when });
        await expect(certify()).rejects.toThrow('cut off');
        const [half, trusted] = [await recorded(), (await bundle()).pem.split('BEGIN').length - 1];
        now = plus(now, 60);
        const { root: made } = await certify();
        expect(made.state).toBe('TRUSTED');
        if (half !== undefined) expect(kmsRoot(made).serialNumber).toBe(kmsRoot(half).serialNumber);
        if (half?.cross !== undefined) expect(made.cross?.serialNumber).toBe(half.cross.serialNumber);
        expect(trusted).toBe(method === 'commitCross' && when === 'after' ? 2 : 1);
      }
    },
  );

  test('where KMS fails, nothing is trusted', async () => {
    const sign = async () => {
      throw new SigningError('throttled', [], true, undefined);
    };
    const failing = { ...deps(), signer: { ...signer, sign } };
    await expect(certifyRoot(failing, { id: 'root-2', by: BY })).rejects.toThrow('throttled');
    expect(await states()).toEqual(['root-1 ISSUED', 'root-2 RESERVED']);
    expect((await bundle()).pem.split('BEGIN')).toHaveLength(2);
  });

  test.each([
    {
      name: 'one that no slot declares',
      act: () => certify('root-9'),
      code: 'not_found',
      says: 'This deployment declares no root "root-9"; it has root-1, root-2, root-3. Append it to the setting "successorRoots" and deploy.',
    },
    {
      name: 'a second one meanwhile',
      act: async () => {
        await certify();
        await certify('root-3');
      },
      code: 'state_conflict',
      says: 'Another rollover of roots goes on (root-1, root-2). Finish it first: activate the newer root, and retire the older one.',
    },
    {
      name: 'one that does not outlive the active root',
      act: async () => {
        await store.writeSlot(root(2, 5));
        await certify();
      },
      code: 'state_conflict',
      says: 'root-2 would not outlive root-1. Give it a longer lifetimeYears in the setting "successorRoots" and deploy.',
    },
  ])('but not $name', async ({ act, code, says }) => {
    await expect(act()).rejects.toMatchObject({ code, message: says });
  });
});

describe('adoption', () => {
  test('counts hosts that enrolled since, and hosts that reported a bundle with the root', async () => {
    const old = (await bundle()).sha256;
    await certificate('before');
    now = plus(now, 100);
    await certify();
    await measure();
    const fresh = (await bundle()).sha256;
    now = plus(now, 100);
    await certificate('enrolled');
    await certificate('renewed-with-it', { reported: fresh });
    await certificate('renewed-without-it', { reported: old });
    await certificate('renewed-in-silence', { reported: undefined });
    await measure();
    expect((await recorded())?.adoption).toEqual({ live: 5, adopted: 2, measuredAt: now });
    // Of a name, the newest certificate counts.
    now = plus(now, 100);
    await certificate('before', { reported: fresh });
    await measure();
    expect((await recorded())?.adoption).toEqual({ live: 5, adopted: 3, measuredAt: now });
  });

  test('counts a Fleet Server once its renewal is confirmed: it trusts the root only after its restart', async () => {
    await certify();
    await measure();
    now = plus(now, 100);
    const trust = { reported: (await bundle()).sha256 };
    const predecessor = await certificate('fleet', trust, 'fleet-server');
    await certificate('enrolled', undefined, 'fleet-server');
    await measure();
    expect((await recorded())?.adoption).toMatchObject({ live: 2, adopted: 1 });
    confirmed.add(predecessor);
    await measure();
    expect((await recorded())?.adoption).toMatchObject({ live: 2, adopted: 2 });
  });

  test('does not count who enrolled while the root joined: the answer may not have had it', async () => {
    await certify();
    now = plus(now, 60);
    await certificate('meanwhile');
    await measure();
    expect((await recorded())?.adoption).toMatchObject({ live: 1, adopted: 0 });
  });

  test('is not measured where no root waits: only the roots are read', async () => {
    const before = store.calls.length;
    expect(await measure()).toEqual([]);
    expect(store.calls.slice(before)).toEqual(['readAuthority']);
  });
});

describe('a root is activated', () => {
  async function ready(): Promise<void> {
    await certify();
    await measure();
    await acknowledge();
  }

  test('once hosts trust it and its verifiers are acknowledged; then it certifies issuers', async () => {
    await ready();
    expect(await activate()).toMatchObject({ state: 'ACTIVE', acknowledgement: { verifiers: ['Logstash'] } });
    expect(await states()).toEqual(['root-1 DRAINING', 'root-2 ACTIVE']);
    expect((await certifyNextIssuer(deps(), { by: BY })).issuer.rootId).toBe('root-2');
    expect((await activate()).state).toBe('ACTIVE');
    expect((await bundle()).pem.split('BEGIN')).toHaveLength(3);
  });

  test('but not before it is acknowledged', async () => {
    await certify();
    await measure();
    await expect(activate()).rejects.toMatchObject({
      code: 'root_not_acknowledged',
      message: expect.stringMatching(
        /Fleet Servers.*only after a restart.*POST \/v1\/roots\/root-2\/acknowledge/,
      ),
    });
  });

  test('but not while too few hosts trust it, with the figures and the way out', async () => {
    for (const name of ['a', 'b', 'c']) await certificate(name);
    now = plus(now, 100);
    await ready();
    await expect(activate()).rejects.toMatchObject({
      code: 'root_not_adopted',
      message:
        '0 of 3 certificates (0 %, measured at 2026-11-23T06:01:40Z) have root-2 in their trust bundle, and 99 % must. A host reports its bundle as it renews, and a Fleet Server counts once its renewal is confirmed, after its restart; so the number grows with renewals; POST /v1/replacements brings them forward. GET /v1/roots shows the figures.',
    });
    expect(await states()).toEqual(['root-1 ISSUED', 'root-2 TRUSTED']);
  });

  test('but not by figures of yesterday, or without any', async () => {
    const unmeasured = {
      code: 'root_not_adopted',
      message: expect.stringContaining('has not been measured in the last 3 hours'),
    };
    await certify();
    await expect(activate()).rejects.toMatchObject(unmeasured);
    await measure();
    await acknowledge();
    now = plus(now, 86_400);
    await expect(activate()).rejects.toMatchObject(unmeasured);
  });

  test('and the old one is retired only when no issuer below it lives', async () => {
    await ready();
    await expect(retire()).rejects.toMatchObject({
      code: 'state_conflict',
      message:
        'root-1 is ACTIVE and cannot be retired: it must be replaced first: activate the root that follows it.',
    });
    await activate();
    await expect(retire()).rejects.toMatchObject({
      code: 'state_conflict',
      message: expect.stringMatching(/^Issuers below root-1 are not retired: issuer-1 \(ACTIVE\)\. Hosts/),
    });
    const issuer = store.tables.issuers.get('issuer-1');
    if (issuer) store.tables.issuers.set('issuer-1', { ...issuer, state: 'RETIRED' });
    expect((await retire()).state).toBe('RETIRED');
    expect((await retire()).state).toBe('RETIRED');
    const second = await recorded();
    expect((await bundle()).pem.split('BEGIN')).toHaveLength(2);
    expect(second?.state).toBe('ACTIVE');
    // Now there is room for the next one.
    await store.writeSlot(root(3, 30));
    expect((await certify('root-3')).root).toMatchObject({ predecessorId: 'root-2', state: 'TRUSTED' });
  });

  test('nor is one acknowledged that is not there, or not trusted', async () => {
    await expect(acknowledge()).rejects.toMatchObject({ code: 'not_found' });
    await expect(acknowledgeRoot(deps(), { id: 'root-1', by: BY, verifiers: ['x'] })).rejects.toMatchObject({
      code: 'state_conflict',
    });
  });

  test('by one of two that do it at once; the other returns the same', async () => {
    await ready();
    const outcomes = await Promise.allSettled([activate(), activate()]);
    const active = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(active.length).toBeGreaterThan(0);
    expect(await states()).toEqual(['root-1 DRAINING', 'root-2 ACTIVE']);
  });
});

test('a deployment cannot take out the slot of a root in use', async () => {
  await certify();
  await expect(declareSlots(deps(), [root(1, 10), ...ISSUERS])).rejects.toMatchObject({
    message:
      'root-2 is in use, but the settings no longer declare it. Put it back: append to the setting successorRoots, and never remove or reorder its entries',
  });
});
