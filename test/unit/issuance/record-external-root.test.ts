import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ExternalRoot } from '../../../shared/domain/authority.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { fromDate, plus } from '../../../shared/domain/instant.ts';
import type { TrustDomain } from '../../../shared/domain/trust-domain.ts';
import { createAuthority } from '../../../shared/issuance/create-authority.ts';
import { recordExternalRoot } from '../../../shared/issuance/record-external-root.ts';
import { servedBundle } from '../../../shared/issuance/trust-bundle.ts';
import { authorityEvents } from '../../../shared/rotation/authority-events.ts';
import { certifyRoot } from '../../../shared/rotation/certify-root.ts';
import { acknowledgeRoot, activateRoot } from '../../../shared/rotation/change-root.ts';
import { declareExternalRoots } from '../../../shared/rotation/declare-external-roots.ts';
import { fakeStore, type StoreMethod } from '../../fakes/store.ts';
import { REVOCATION_URL } from '../../support/ca.ts';
import { CompanyCa } from '../../support/company-ca.ts';
import { sampleRootSlot } from '../../support/records.ts';
import { PLAN, World } from './world.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-external-root-'));
const [FIRST, SECOND] = ['First', 'Second'].map((name) => new CompanyCa(join(directory, name), name).pem);
const trustDomain = 'test' as TrustDomain;

/** An hour later, so that no certificate that openssl makes meanwhile is of the future. */
const NOW = plus(fromDate(new Date()), 3600);

function authority() {
  const store = fakeStore();
  let now = NOW;
  const deps = { store, roots: store, clock: () => now };
  return {
    store,
    deps,
    at: (then: typeof NOW) => {
      now = then;
    },
    record: (pem = FIRST, domain = trustDomain) =>
      recordExternalRoot(deps, { trustDomain: domain, root: { id: 'root-1', certificate: pem ?? '' } }),
    declare: (...pems: readonly (string | undefined)[]) =>
      declareExternalRoots(
        deps,
        pems.map((certificate = '', index) => ({ id: `root-${index + 1}`, certificate })),
      ),
  };
}

function arrange(
  { tables: { roots } }: ReturnType<typeof fakeStore>,
  id: string,
  changes: Partial<ExternalRoot>,
) {
  const root = roots.get(id);
  if (root?.kind === 'external') roots.set(id, { ...root, ...changes });
}

describe('the first external root', () => {
  test('is in the trust bundle, once, and nothing is signed', async () => {
    const { store, record } = authority();
    const root = await record();
    expect(root).toMatchObject({ kind: 'external', id: 'root-1', state: 'ISSUED', trustDomain });
    expect(await record()).toEqual(root);
    expect(servedBundle(await store.readAuthority()).pem).toBe(FIRST);
    expect((await store.readAuthority()).issuers).toEqual([]);
  });

  test.each(['before', 'after'] as const)(
    'cut off %s it is recorded, it is by the next deployment',
    async (when) => {
      const { store, record } = authority();
      store.failNext('reserveRoot' satisfies StoreMethod, { error: new Error('killed'), when });
      await expect(record()).rejects.toThrow('killed');
      expect((await record()).id).toBe('root-1');
    },
  );

  test('keeps its certificate and its trust domain', async () => {
    const { record } = authority();
    await record();
    await expect(record(SECOND)).rejects.toThrow(
      /^root-1 is recorded with another certificate than the settings now give \("O=Acme, CN=Second", SHA-256 [0-9a-f]{64}\)\. A root keeps its certificate: restore it, and append the new one to the setting successorRoots$/,
    );
    await expect(record(FIRST, 'other' as TrustDomain)).rejects.toThrow(
      'the trust domain of this authority is "test"',
    );
  });

  test('must be valid when it is recorded, and not later on', async () => {
    const fresh = authority();
    fresh.at(plus(NOW, 8000 * DAY));
    await expect(fresh.record()).rejects.toThrow(
      /^the certificate of root-1 is valid from \S+ to \S+, and not now; give the certificate of a root that is$/,
    );
    fresh.at(NOW);
    await fresh.record();
    fresh.at(plus(NOW, 8000 * DAY));
    expect((await fresh.record()).id).toBe('root-1');
  });

  test('does not take the place of one in KMS, nor one in KMS its place', async () => {
    const world = new World();
    await createAuthority(world, PLAN);
    const kms = { store: world.store, clock: world.clock };
    const external = { trustDomain: PLAN.trustDomain, root: { id: PLAN.root.id, certificate: FIRST ?? '' } };
    await expect(recordExternalRoot(kms, external)).rejects.toThrow(
      'root-1 is recorded with a key in KMS, and the settings now declare it as external. A root stays what it is: restore its setting',
    );
    const fresh = new World();
    await recordExternalRoot({ store: fresh.store, clock: () => NOW }, external);
    await expect(createAuthority(fresh, PLAN)).rejects.toThrow(
      'root-1 is recorded as an external root, and the settings now declare a key in KMS for it. A root stays what it is: restore its setting, with the kind "external"',
    );
  });
});

describe('the external roots of later deployments', () => {
  test('join the trust bundle, each once', async () => {
    const { store, record, declare } = authority();
    await record();
    expect(await declare(FIRST)).toEqual([]);
    expect(await declare(FIRST, SECOND)).toEqual([{ id: 'root-2', state: 'TRUSTED' }]);
    expect(await declare(FIRST, SECOND)).toEqual([]);
    const { roots } = await store.readAuthority();
    expect(roots[1]).toMatchObject({
      id: 'root-2',
      state: 'TRUSTED',
      predecessorId: 'root-1',
      changes: [{ to: 'TRUSTED', at: NOW, by: 'fleetseal' }],
    });
    expect(servedBundle(await store.readAuthority()).pem).toBe(`${FIRST}${SECOND}`);
  });

  test('leave it with the entry that a rollback takes back, and return with it', async () => {
    const { store, record, declare, at } = authority();
    await record();
    await declare(FIRST, SECOND);
    at(plus(NOW, 60));
    expect(await declare(FIRST)).toEqual([{ id: 'root-2', state: 'RETIRED' }]);
    expect(servedBundle(await store.readAuthority()).pem).toBe(FIRST);
    expect(await declare(FIRST)).toEqual([]);
    at(plus(NOW, 120));
    expect(await declare(FIRST, SECOND)).toEqual([{ id: 'root-2', state: 'TRUSTED' }]);
    expect(await declare(FIRST, SECOND)).toEqual([]);
    const { roots } = await store.readAuthority();
    expect(roots[1]?.changes?.map(({ to, at: when }) => [to, when - NOW])).toEqual([
      ['TRUSTED', 0],
      ['RETIRED', 60],
      ['TRUSTED', 120],
    ]);
    expect(authorityEvents({ roots, issuers: [] }, []).map(({ type }) => type)).toEqual([
      'root.certified',
      'root.certified',
      'root.retired',
      'root.certified',
    ]);
  });

  test.each(['before', 'after'] as const)(
    'cut off %s they are retired or trusted again, are by the next deployment',
    async (when) => {
      const { store, record, declare } = authority();
      await record();
      await declare(FIRST, SECOND);
      for (const declared of [[FIRST], [FIRST, SECOND]]) {
        store.failNext('changeRoots' satisfies StoreMethod, { error: new Error('killed'), when });
        await expect(declare(...declared)).rejects.toThrow('killed');
        await declare(...declared);
        expect(servedBundle(await store.readAuthority()).pem).toBe(declared.join(''));
      }
    },
  );

  test('are not retired when they are activated at the same time', async () => {
    const { store, record, declare } = authority();
    await record();
    await declare(FIRST, SECOND);
    store.interleave('changeRoots', () => arrange(store, 'root-2', { state: 'ACTIVE' }));
    await expect(declare(FIRST)).rejects.toThrow('root-2 changed at the same time: deploy again');
    expect(servedBundle(await store.readAuthority()).pem).toBe(`${FIRST}${SECOND}`);
  });

  test.each(['ACTIVE', 'DRAINING'] as const)(
    'must stay declared once they were activated, as one that is %s',
    async (state) => {
      const { store, record, declare } = authority();
      await record();
      await declare(FIRST, SECOND);
      arrange(store, 'root-2', { state });
      await expect(declare(FIRST)).rejects.toThrow(
        'root-2 is trusted, but the settings no longer declare it. Put it back: append to the setting successorRoots, and never remove the entry of a root that was activated and is not retired',
      );
    },
  );

  test('that return are activated only after they are measured and acknowledged again', async () => {
    const { store, deps, record, declare, at } = authority();
    await record();
    await declare(FIRST, SECOND);
    const root = { id: 'root-2', by: 'arn:admin' };
    const changing = { ...deps, authority: store, threshold: 0.99 };
    const acknowledge = () => acknowledgeRoot(changing, { ...root, verifiers: ['Logstash'] });
    const measure = () => store.noteAdoption('root-2', { live: 1, adopted: 1, measuredAt: changing.clock() });
    await measure();
    await acknowledge();
    at(plus(NOW, 60));
    await declare(FIRST);
    await declare(FIRST, SECOND);
    await expect(activateRoot(changing, root)).rejects.toMatchObject({ code: 'root_not_adopted' });
    await measure();
    await expect(activateRoot(changing, root)).rejects.toMatchObject({ code: 'root_not_acknowledged' });
    await acknowledge();
    expect((await activateRoot(changing, root)).state).toBe('ACTIVE');
  });

  test('keep their certificates', async () => {
    const { record, declare } = authority();
    await record();
    await declare(FIRST, SECOND);
    await expect(declare(FIRST, FIRST)).rejects.toThrow('root-2 is recorded with another certificate');
    await declare(FIRST);
    await expect(declare(FIRST, FIRST)).rejects.toThrow('root-2 is recorded with another certificate');
  });

  test('that were in use stay retired, whether they are declared or not', async () => {
    const { store, record, declare } = authority();
    await record();
    await declare(FIRST, SECOND);
    const changes = (['TRUSTED', 'ACTIVE', 'DRAINING', 'RETIRED'] as const).map((to) => ({
      ...{ to, at: NOW, by: 'arn:admin' },
    }));
    arrange(store, 'root-2', { state: 'RETIRED', changes });
    expect(await declare(FIRST)).toEqual([]);
    expect(await declare(FIRST, SECOND)).toEqual([]);
    expect(servedBundle(await store.readAuthority()).pem).toBe(FIRST);
  });

  test('certify no root, which is said with the way to the next one', async () => {
    const { store, record } = authority();
    await record();
    await store.writeSlot(sampleRootSlot({ id: 'root-2' }));
    const deps = {
      ...{ slots: store, authority: store, roots: store, revocationUrl: REVOCATION_URL },
      ...{ signer: new World().signer, clock: () => NOW, random: (length: number) => new Uint8Array(length) },
    };
    await expect(certifyRoot(deps, { id: 'root-2', by: 'arn:admin' })).rejects.toMatchObject({
      code: 'state_conflict',
      message:
        'root-1 is an external root, whose key this service does not have, so no root is certified here. Append the certificate of the next root to the setting "successorRoots" and deploy: it is in the trust bundle from then on, and POST /v1/roots/{id}/activate activates it.',
    });
  });
});
