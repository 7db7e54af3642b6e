import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IssuerState } from '../../../shared/domain/authority.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus, toRfc3339 } from '../../../shared/domain/instant.ts';
import type { RevocationUrl } from '../../../shared/domain/revocation-url.ts';
import { FULL_LIST_AT_ONCE_MAX_ENTRIES, publishAllLists } from '../../../shared/revocation/publish-lists.ts';
import { NOW } from '../../support/records.ts';
import { PLAN } from '../issuance/world.ts';
import { FULL, isSignedBy, LIFE, Publisher, SHARDS, shardOf } from './publisher.ts';

const NANOSECONDS = 1_000_000_000n;
const paths = (lists: readonly { readonly path: string }[]) => lists.map(({ path }) => path).sort();

let publisher: Publisher;
beforeEach(async () => {
  publisher = await Publisher.create();
});

describe('publishing every list', () => {
  test('makes one for every shard, the full one and the bundle, from the first minute', async () => {
    const { lists, bundle, failed, oldestListSeconds } = await publisher.all();
    const expected = [...Array.from({ length: SHARDS }, (_, shard) => shardOf(shard)), FULL];
    expect(paths(lists)).toEqual(expected.sort());
    expect(new Set(lists.map(({ outcome }) => outcome))).toEqual(new Set(['published']));
    expect({ bundle, failed, oldestListSeconds }).toEqual({
      bundle: 'published',
      failed: [],
      oldestListSeconds: 0,
    });
    const { issuers } = await publisher.world.store.readAuthority();
    for (const path of expected) {
      const { now } = publisher.world;
      expect(publisher.list(path)).toEqual({
        number: BigInt(now) * NANOSECONDS,
        thisUpdate: now,
        nextUpdate: plus(now, LIFE.lifetimeSeconds - 1),
        entries: [],
      });
      const der = publisher.objects.current(path)?.body ?? new Uint8Array();
      expect(isSignedBy(der, issuers[0]?.certificate)).toBe(true);
    }
  });

  test('names where lists are served now, and where they were when the issuer was certified', async () => {
    const moved = 'http://moved.example.com' as RevocationUrl;
    await publishAllLists({ ...publisher.deps(), revocationUrl: moved });
    const octets = (path: string) =>
      Buffer.from(publisher.objects.current(path)?.body ?? '').toString('latin1');
    for (const url of [moved, PLAN.revocationUrl])
      expect(octets(shardOf(3))).toContain(`${url}${shardOf(3)}`);
    expect(octets(FULL)).not.toContain('http');
  });

  test('sends headers and metadata along', async () => {
    const { now } = publisher.world;
    publisher.revoke(3);
    await publisher.all();
    expect(publisher.objects.current(shardOf(3))).toMatchObject({
      contentType: 'application/pkix-crl',
      maxAgeSeconds: 60,
      metadata: {
        'crl-number': `${now}000000000`,
        'this-update': toRfc3339(now),
        'next-update': toRfc3339(plus(now, 3 * DAY - 1)),
        entries: '1',
      },
    });
  });

  test('lets no cache keep a list for longer than half of what is left of its life', async () => {
    const { deps } = publisher;
    const life = { lifetimeSeconds: 61, cacheSeconds: 60 };
    publisher.deps = () => ({ ...deps.call(publisher), life });
    await publisher.all();
    expect(publisher.objects.current(FULL)?.maxAgeSeconds).toBe(30);
  });

  test('lists what is revoked on its shard and on the full list, in order of serial number', async () => {
    const serials = Array.from({ length: 60 }, (_, i) => publisher.revoke(i % SHARDS));
    await publisher.all();
    expect(publisher.serials(FULL)).toEqual([...serials].sort());
    for (let shard = 0; shard < SHARDS; shard++)
      expect(publisher.serials(shardOf(shard))).toEqual(
        serials.filter((_, i) => i % SHARDS === shard).sort(),
      );
  });

  test('lists certificates that were recorded without a shard on the full list', async () => {
    const serial = publisher.revoke(3);
    const { revoked } = publisher.world.store.tables;
    const entry = revoked.get(serial);
    if (entry) revoked.set(serial, { ...entry, shard: 15 });
    await publisher.all();
    expect(publisher.serials(FULL)).toEqual([serial]);
  });

  test('puts the full lists into the bundle, the root first', async () => {
    publisher.revoke(1);
    await publisher.all();
    const pem = Buffer.from(publisher.objects.current('/crl/bundle.pem')?.body ?? []).toString();
    const blocks = [...pem.matchAll(/-----BEGIN X509 CRL-----\n([\s\S]*?)-----END X509 CRL-----\n/g)];
    expect(blocks.map(([block]) => block).join('')).toBe(pem);
    const stored = ['/crl/root-1/full.crl', FULL].map((path) => publisher.objects.current(path)?.body ?? []);
    expect(blocks.map(([, base64 = '']) => Buffer.from(base64, 'base64'))).toEqual(
      stored.map((body) => Buffer.from(body)),
    );
    expect(pem.split('\n').every((line) => line.length <= 64)).toBe(true);
    expect(publisher.objects.current('/crl/bundle.pem')).toMatchObject({
      contentType: 'application/x-pem-file',
    });
  });

  test('again changes nothing and signs nothing', async () => {
    publisher.revoke(1);
    await publisher.all();
    const { signatures } = publisher.world.signer;
    const { lists, bundle } = await publisher.all();
    expect(new Set(lists.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
    expect(bundle).toBe('unchanged');
    expect(publisher.world.signer.signatures).toBe(signatures);
  });

  test('publishes again after a third of the life, and tells the age before', async () => {
    await publisher.all();
    publisher.world.pass(DAY - 1);
    const early = await publisher.all();
    expect(new Set(early.lists.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']));
    expect(early.oldestListSeconds).toBe(DAY - 1);
    publisher.world.pass(1);
    const { lists, bundle, oldestListSeconds } = await publisher.all();
    expect(new Set(lists.map(({ outcome }) => outcome))).toEqual(new Set(['published']));
    expect({ bundle, oldestListSeconds }).toEqual({ bundle: 'published', oldestListSeconds: 0 });
    expect(publisher.list(FULL).thisUpdate).toBe(publisher.world.now);
  });

  test('publishes again where a setting gives lists another life', async () => {
    await publisher.all();
    const { deps } = publisher;
    publisher.deps = () => ({ ...deps.call(publisher), life: { ...LIFE, lifetimeSeconds: DAY } });
    const { lists } = await publisher.all();
    expect(new Set(lists.map(({ outcome }) => outcome))).toEqual(new Set(['published']));
  });

  test('repairs what a revocation left behind', async () => {
    await publisher.all();
    const serial = publisher.revoke(5);
    const { lists } = await publisher.all();
    expect(paths(lists.filter(({ outcome }) => outcome === 'published'))).toEqual([shardOf(5), FULL].sort());
    expect(publisher.serials(shardOf(5))).toEqual([serial]);
  });

  test('replaces what somebody else put there', async () => {
    const content = { body: Buffer.from('junk'), contentType: 'text/plain', maxAgeSeconds: 1 };
    await publisher.objects.replace(shardOf(0), { ...content, metadata: {} }, undefined);
    await publisher.objects.replace(shardOf(1), { ...content, metadata: { 'crl-number': 'x' } }, undefined);
    const { failed } = await publisher.all();
    expect(failed).toEqual([]);
    expect([publisher.list(shardOf(0)).entries, publisher.list(shardOf(1)).entries]).toEqual([[], []]);
  });

  const revocation = { revokedAt: NOW, reason: 'cACompromise' } as const;

  test.each<{ state: IssuerState; signs: boolean; revocation?: typeof revocation }>([
    { state: 'READY', signs: true },
    { state: 'ACTIVE', signs: true },
    { state: 'DRAINING', signs: true },
    { state: 'RETIRED', signs: false },
    // Verifiers that check refuse every certificate of an issuer without a list: hosts have until then to renew.
    { state: 'COMPROMISED', signs: true },
    { state: 'COMPROMISED', signs: false, revocation },
  ])('with an issuer that is $state: $signs', async ({ state, signs, ...more }) => {
    const { issuers } = publisher.world.store.tables;
    for (const [id, issuer] of issuers) issuers.set(id, { ...issuer, state, ...more });
    const { lists, failed } = await publisher.all();
    expect(lists).toHaveLength(signs ? SHARDS + 1 : 0);
    expect(failed).toEqual([]);
  });

  test('needs the list of the root for the bundle, and says so', async () => {
    publisher = new Publisher(publisher.world);
    const { lists, bundle, failed } = await publisher.all();
    expect(lists).toHaveLength(SHARDS + 1);
    expect(bundle).toBeUndefined();
    expect(failed).toMatchObject([
      {
        path: '/crl/bundle.pem',
        error: { code: 'try_again', message: expect.stringContaining('needs /crl/root-1/full.crl') },
      },
    ]);
  });

  test('tries the others where one fails, keeps the last good list, and tells its age', async () => {
    await publisher.all();
    publisher.world.pass(DAY);
    const before = publisher.objects.current(shardOf(0));
    publisher.world.signer.failNext('DisabledException');
    const { lists, failed, oldestListSeconds } = await publisher.all();
    expect(lists.filter(({ outcome }) => outcome === 'published')).toHaveLength(SHARDS);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.error).toMatchObject({ name: 'SigningError' });
    expect(oldestListSeconds).toBe(DAY);
    const path = failed[0]?.path ?? '';
    expect(publisher.list(path).thisUpdate).toBe(plus(publisher.world.now, -DAY));
    expect(before).toBeDefined();
    await publisher.all();
    expect(publisher.list(path).thisUpdate).toBe(publisher.world.now);
  });

  test('counts a list that is missing as one that has ended', async () => {
    publisher.world.signer.failNext('DisabledException');
    expect((await publisher.all()).oldestListSeconds).toBe(LIFE.lifetimeSeconds);
  });
});

describe('publishing after a revocation', () => {
  beforeEach(() => publisher.all());

  test('touches the shard, the full list and the bundle, each once for a whole batch', async () => {
    const serials = [publisher.revoke(2), publisher.revoke(2), publisher.revoke(6)];
    publisher.world.pass(1);
    const { signatures } = publisher.world.signer;
    const { lists, bundle, failed } = await publisher.changed([2, 2, 6, 2]);
    expect(paths(lists)).toEqual([shardOf(2), shardOf(6), FULL].sort());
    expect({ bundle, failed }).toEqual({ bundle: 'published', failed: [] });
    expect(publisher.world.signer.signatures - signatures).toBe(3);
    expect(publisher.serials(FULL)).toEqual([...serials].sort());
  });

  test('of an issuer that is not known, or a shard that it does not have, does nothing else', async () => {
    expect(await publisher.changed([])).toEqual({ lists: [], bundle: undefined, failed: [] });
    const { lists } = await publisher.changed([SHARDS]);
    expect(paths(lists)).toEqual([FULL]);
  });

  test('leaves a large full list to the schedule', async () => {
    const { revoked } = publisher.world.store.tables;
    for (let i = 0; i <= FULL_LIST_AT_ONCE_MAX_ENTRIES; i++) {
      const serialNumber = `01${i.toString(16).padStart(34, '0')}` as never;
      const { now } = publisher.world;
      const entry = { serialNumber, revokedAt: now, reason: 'superseded', notAfter: plus(now, DAY) } as const;
      revoked.set(serialNumber, { ...entry, issuerId: 'issuer-1', shard: 4 });
    }
    const { lists, bundle } = await publisher.changed([4]);
    expect(lists.map(({ path, outcome }) => [path, outcome])).toEqual([
      [shardOf(4), 'published'],
      [FULL, 'too_large'],
    ]);
    expect(bundle).toBe('unchanged');
    const entries = (path: string) => Number(publisher.objects.current(path)?.metadata['entries']);
    expect([entries(shardOf(4)), entries(FULL)]).toEqual([FULL_LIST_AT_ONCE_MAX_ENTRIES + 1, 0]);
    await publisher.all();
    expect(entries(FULL)).toBe(FULL_LIST_AT_ONCE_MAX_ENTRIES + 1);
  });

  test('lists a certificate once more after it expired, then leaves it out', async () => {
    const serial = publisher.revoke(2, { notAfter: plus(publisher.world.now, 10) });
    await publisher.changed([2]);
    publisher.world.pass(11);
    publisher.revoke(2);
    await publisher.changed([2]);
    expect(publisher.serials(shardOf(2))).toContain(serial);
    publisher.world.pass(1);
    publisher.revoke(2);
    await publisher.changed([2]);
    expect(publisher.serials(shardOf(2))).toHaveLength(2);
    expect(publisher.serials(shardOf(2))).not.toContain(serial);
    expect(publisher.serials(FULL)).not.toContain(serial);
  });

  test('lists a certificate that was revoked after it expired, once', async () => {
    const serial = publisher.revoke(2, { notAfter: plus(publisher.world.now, -DAY) });
    await publisher.changed([2]);
    expect(publisher.serials(shardOf(2))).toEqual([serial]);
  });
});

test('the shards of the plan are not the default, so that both are tested', () => {
  expect(PLAN.crlShards).not.toBe(16);
});
