import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { DraftedIssuer } from '../../../shared/domain/authority.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { REVOCATION_REASONS } from '../../../shared/domain/revocation.ts';
import type { RevocationUrl } from '../../../shared/domain/revocation-url.ts';
import { draftedIssuer } from '../../../shared/issuance/issuers.ts';
import { maintainAuthority } from '../../../shared/revocation/maintain-authority.ts';
import { type FakeObjectStore, fakeObjectStore } from '../../fakes/object-store.ts';
import { readList } from '../../support/revocation-lists.ts';
import { OcspWorld, RESPONDER } from './ocsp-world.ts';
import { Killed } from './revoking.ts';

const DAY = 86_400;
const LIFE = { lifetimeSeconds: 30 * DAY, cacheSeconds: 60 };
const LISTS = ['/crl/root-1/full.crl', '/crl/root-1/ca.crl'];
const CERTIFICATES = ['/ca/root-1.cer', '/ca/issuer-1.cer'];

let ocsp: OcspWorld;
let objects: FakeObjectStore;
beforeEach(async () => {
  ocsp = await OcspWorld.create();
  objects = fakeObjectStore();
});

function maintain() {
  const { store, clock, random, pause, signer } = ocsp.world;
  return maintainAuthority({
    authority: store,
    responders: store,
    objects,
    clock,
    random,
    pause,
    signer: { sign: signer.sign, publicKey: ocsp.responder.publicKey },
    revocationUrl: 'http://pki.example.com' as RevocationUrl,
    responderKey: RESPONDER,
    life: LIFE,
  });
}

test("the first run publishes the root's lists and every certificate; the next one changes nothing", async () => {
  expect(await maintain()).toMatchObject({ renewed: [...LISTS, ...CERTIFICATES], failed: [] });
  const versions = [...objects.versions].map(([path, all]) => [path, all.length]);
  ocsp.world.pass(60);
  const { responderSeconds, ...report } = await maintain();
  expect(report).toEqual({ renewed: [], failed: [], oldestListSeconds: 60 });
  expect(responderSeconds).toBe(30 * DAY - 60);
  expect([...objects.versions].map(([path, all]) => [path, all.length])).toEqual(versions);
});

test('certificates are published in DER, where the certificates below point', async () => {
  await maintain();
  const { issuers, roots } = ocsp.world.store.tables;
  const published = objects.current('/ca/issuer-1.cer');
  expect(published).toMatchObject({ contentType: 'application/pkix-cert', maxAgeSeconds: DAY });
  expect(published?.body).toEqual(issuers.get('issuer-1')?.certificate);
  expect(new X509Certificate(objects.current('/ca/root-1.cer')?.body ?? '').subject).toBe(
    new X509Certificate(roots.get('root-1')?.certificate ?? '').subject,
  );
});

test('lists are renewed after a third of their life, responders after two thirds', async () => {
  await maintain();
  ocsp.world.pass(10 * DAY);
  expect((await maintain()).renewed).toEqual(LISTS);
  ocsp.world.pass(10 * DAY + 3600);
  expect((await maintain()).renewed).toEqual(['responder of root-1', 'responder of issuer-1', ...LISTS]);
});

test('ten runs at once publish each certificate once, and no list goes backwards', async () => {
  const reports = await Promise.all(Array.from({ length: 10 }, maintain));
  expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
  for (const path of CERTIFICATES) expect(objects.versions.get(path)).toHaveLength(1);
  for (const path of LISTS) {
    const numbers = (objects.versions.get(path) ?? []).map(({ metadata }) =>
      BigInt(metadata['crl-number'] ?? 0),
    );
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
  }
});

describe('a compromised issuer', () => {
  /** The entries of the root's lists. */
  const entries = () =>
    LISTS.map((path) => readList(objects.current(path)?.body ?? new Uint8Array()).entries);
  const compromise = (changes: Partial<DraftedIssuer> = {}) => {
    const { issuers } = ocsp.world.store.tables;
    const issuer = issuers.get('issuer-1');
    if (issuer === undefined) throw new Error('no issuer');
    const revokeAt = plus(ocsp.world.now, 7 * DAY);
    issuers.set('issuer-1', { ...draftedIssuer(issuer), state: 'COMPROMISED', revokeAt, ...changes });
    return draftedIssuer(issuer);
  };

  test('is on the lists of the root from its deadline on, and no sooner', async () => {
    const { serialNumber } = compromise();
    await maintain();
    expect(entries()).toEqual([[], []]);
    ocsp.world.pass(7 * DAY);
    expect((await maintain()).renewed).toEqual(['revocation of issuer-1', ...LISTS]);
    const entry = { serialNumber, revokedAt: ocsp.world.now, reason: REVOCATION_REASONS.cACompromise };
    expect(entries()).toEqual([[entry], [entry]]);
    ocsp.world.pass(60);
    expect((await maintain()).renewed).toEqual([]);
  });

  test('stays on the lists with its first time', async () => {
    compromise({ revokeAt: ocsp.world.now });
    await maintain();
    const before = entries();
    ocsp.world.pass(11 * DAY);
    await maintain();
    expect(entries()).toEqual(before);
  });

  test('is on the lists of its own root only', async () => {
    await maintain();
    compromise({ rootId: 'root-2', revocation: { revokedAt: ocsp.world.now, reason: 'cACompromise' } });
    ocsp.world.pass(11 * DAY);
    await maintain();
    expect(entries()).toEqual([[], []]);
  });

  test('without a certificate has nothing to be revoked', async () => {
    const { certificate: _, ...pending } = compromise();
    ocsp.world.store.tables.issuers.set('issuer-1', {
      ...pending,
      state: 'COMPROMISED',
      revokeAt: ocsp.world.now,
    });
    const { renewed, failed } = await maintain();
    expect({ renewed, failed }).toEqual({ renewed: [...LISTS, '/ca/root-1.cer'], failed: [] });
  });

  test.each(['before', 'after'] as const)(
    'cut off %s its revocation: the next run does the rest',
    async (when) => {
      const { serialNumber } = compromise({ revokeAt: ocsp.world.now });
      ocsp.world.store.failNext('revokeIssuer', { error: new Killed(), when });
      expect((await maintain()).failed).toMatchObject([{ what: 'revocation of issuer-1' }]);
      await maintain();
      expect(entries()).toMatchObject([[{ serialNumber }], [{ serialNumber }]]);
    },
  );
});

describe('what fails', () => {
  test('is reported, after everything else was done; the next run does it', async () => {
    objects.failNext('replace', { error: new Killed('no bucket'), when: 'before' });
    const report = await maintain();
    expect(report).toMatchObject({
      renewed: [LISTS[1], ...CERTIFICATES],
      failed: [{ what: LISTS[0], error: expect.any(Killed) }],
      oldestListSeconds: LIFE.lifetimeSeconds,
    });
    expect((await maintain()).renewed).toEqual([LISTS[0]]);
  });

  test("of the responder's key: its certificates stay, and count as about to end", async () => {
    ocsp.responder.failNext('DisabledException');
    ocsp.world.store.failNext('responders', { error: new Killed(), when: 'before' });
    expect(await maintain()).toMatchObject({
      failed: [{ what: 'responder of root-1' }],
      responderSeconds: 0,
    });
  });

  test('after its write: the next run sees that it is done', async () => {
    objects.failNext('replace', { error: new Killed(), when: 'after' });
    expect((await maintain()).failed).toHaveLength(1);
    expect(await maintain()).toMatchObject({ renewed: [], failed: [] });
  });
});
