import { describe, expect, test } from '@jest/globals';
import type { Issuer, Root } from '../../../shared/domain/authority.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { TRUST_STORE_PATH } from '../../../shared/domain/trust-store.ts';
import type { DomainTrust, MutualTlsDomain } from '../../../shared/rotation/ports.ts';
import {
  publishTrustStore,
  trustStoreOf,
  useTrustStore,
} from '../../../shared/rotation/publish-trust-store.ts';
import { fakeObjectStore } from '../../fakes/object-store.ts';
import { fakeStore } from '../../fakes/store.ts';
import { NOW, sampleIssuer, sampleRoot } from '../../support/records.ts';

const der = (text: string) => new TextEncoder().encode(text);
const ended = { notBefore: plus(NOW, -7200), notAfter: plus(NOW, -1) };
const root = (id: string, changes: Partial<Root> = {}) =>
  ({ ...sampleRoot(), id, state: 'ACTIVE', certificate: der(id), ...changes }) as Root;
const issuer = (id: string, changes: Partial<Issuer> = {}) =>
  ({ ...sampleIssuer(), id, state: 'ACTIVE', certificate: der(id), ...changes }) as Issuer;

/** What the certificates of a trust store say. */
const namesIn = (pem: string) =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----\n([^-]+)-----END/g)].map(([, text = '']) =>
    Buffer.from(text, 'base64').toString(),
  );

describe('the trust store', () => {
  test.each([
    { name: 'the roots and their issuers', roots: [root('root-1')], issuers: [issuer('issuer-1')] },
    {
      name: 'issuers that issue no more, and compromised ones, whose holders renew',
      roots: [root('root-1')],
      issuers: [issuer('draining', { state: 'DRAINING' }), issuer('compromised', { state: 'COMPROMISED' })],
    },
    {
      name: 'the certificates between an issuer and its external root, once',
      roots: [root('root-1')],
      issuers: [
        issuer('issuer-1', { chain: [der('policy')] }),
        issuer('issuer-2', { chain: [der('policy')] }),
      ],
      holds: ['root-1', 'issuer-1', 'policy', 'issuer-2'],
    },
    {
      name: 'no retired root or issuer, and none without a certificate',
      roots: [root('root-1'), root('root-0', { state: 'RETIRED' })],
      issuers: [issuer('issuer-0', { state: 'RETIRED' }), issuer('issuer-2', { certificate: undefined })],
      holds: ['root-1'],
    },
    {
      name: 'nothing that has ended, and no issuer whose root has',
      roots: [root('root-1'), root('root-0', { validity: ended })],
      issuers: [
        issuer('compromised', { state: 'COMPROMISED', validity: ended }),
        issuer('draining', { state: 'DRAINING', validity: ended }),
        issuer('issuer-0', { state: 'DRAINING', rootId: 'root-0' }),
      ],
      holds: ['root-1'],
    },
    {
      name: 'no issuer of a root that is retired',
      roots: [root('root-1'), root('root-0', { state: 'RETIRED' })],
      issuers: [issuer('compromised', { state: 'COMPROMISED', rootId: 'root-0' })],
      holds: ['root-1'],
    },
    {
      name: 'no compromised issuer that the root revoked, or that was retired before',
      roots: [root('root-1')],
      issuers: [
        issuer('revoked', {
          state: 'COMPROMISED',
          revocation: { revokedAt: NOW, reason: 'cACompromise' },
        }),
        issuer('retired', {
          state: 'COMPROMISED',
          changes: [
            { to: 'RETIRED', at: plus(NOW, -20), by: 'admin' },
            { to: 'COMPROMISED', at: plus(NOW, -10), by: 'admin' },
          ],
        }),
      ],
      holds: ['root-1'],
    },
  ])('holds $name', ({ roots, issuers, holds = [...roots, ...issuers].map(({ id }) => id) }) => {
    expect(namesIn(trustStoreOf({ roots, issuers }, NOW))).toEqual(holds);
  });
});

describe('publishing the trust store', () => {
  function world() {
    const store = fakeStore();
    store.tables.roots.set('root-1', root('root-1'));
    store.tables.issuers.set('issuer-1', issuer('issuer-1'));
    const objects = fakeObjectStore();
    return { store, objects, deps: { authority: store, objects, clock: () => NOW } };
  }

  test('writes it when it changes, and only then', async () => {
    const { store, objects, deps } = world();
    const { outcome, etag } = await publishTrustStore(deps);
    expect(outcome).toBe('published');
    expect(etag).toBe(objects.current(TRUST_STORE_PATH)?.etag);
    expect(await publishTrustStore(deps)).toEqual({ outcome: 'unchanged', etag });
    store.tables.issuers.set('issuer-2', issuer('issuer-2'));
    expect(await publishTrustStore(deps)).toMatchObject({ outcome: 'published' });
    expect(objects.versions.get(TRUST_STORE_PATH)).toHaveLength(2);
    expect(namesIn(Buffer.from(objects.current(TRUST_STORE_PATH)?.body ?? '').toString())).toEqual([
      'root-1',
      'issuer-1',
      'issuer-2',
    ]);
  });

  test('twice at once writes it once', async () => {
    const { objects, deps } = world();
    const outcomes = await Promise.all([publishTrustStore(deps), publishTrustStore(deps)]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['published', 'unchanged']);
    expect(objects.versions.get(TRUST_STORE_PATH)).toHaveLength(1);
  });

  test('does not give up where the last try succeeds', async () => {
    const { objects, deps } = world();
    let tries = 0;
    const slow = {
      read: objects.read,
      replace: async (...write: Parameters<typeof objects.replace>) => {
        tries += 1;
        return tries < 3 ? ('conflict' as const) : objects.replace(...write);
      },
    };
    const { outcome, etag } = await publishTrustStore({ ...deps, objects: slow });
    expect([outcome, etag]).toEqual(['published', objects.current(TRUST_STORE_PATH)?.etag]);
  });

  test('gives up where other writers are faster each time', async () => {
    const { deps } = world();
    const objects = { ...deps.objects, replace: async () => 'conflict' as const };
    await expect(publishTrustStore({ ...deps, objects })).rejects.toThrow('were faster');
  });
});

describe('the domain', () => {
  const status = 'AVAILABLE';

  function domainWith(published: string | undefined, used: DomainTrust | undefined) {
    const taken: string[] = [];
    const domain: MutualTlsDomain = {
      publishedVersion: async () => published,
      trustStore: async () => used,
      takeVersion: async (version) => {
        taken.push(version);
        return ['the certificate CN=old is expired'];
      },
    };
    return { domain, taken };
  }

  test.each([
    {
      name: 'takes another version, and says what API Gateway says of it',
      used: { version: 'one', status, warnings: [] },
      outcome: 'updated',
      warnings: ['the certificate CN=old is expired'],
      takes: ['two'],
    },
    {
      name: 'takes the first version after it was made',
      used: { version: undefined, status, warnings: [] },
      outcome: 'updated',
      warnings: ['the certificate CN=old is expired'],
      takes: ['two'],
    },
    {
      name: 'that has the version is left alone; its warnings stay',
      used: { version: 'two', status, warnings: ['a'] },
      outcome: 'taken',
      warnings: ['a'],
      takes: [],
    },
    {
      name: 'that API Gateway is still changing has not taken it',
      used: { version: 'two', status: 'UPDATING', warnings: ['a'] },
      outcome: 'not available',
      warnings: ['the domain is UPDATING', 'a'],
      takes: [],
    },
    { name: 'that is not there is reported', used: undefined, outcome: 'no domain', warnings: [], takes: [] },
  ])('$name', async ({ used, outcome, warnings, takes }) => {
    const { domain, taken } = domainWith('two', used);
    expect(await useTrustStore(domain, 'etag')).toEqual({ outcome, warnings });
    expect(taken).toEqual(takes);
  });

  test('that is deleted before it takes the version is reported', async () => {
    const { domain } = domainWith('two', { version: 'one', status, warnings: [] });
    const deleted = { ...domain, takeVersion: async () => undefined };
    expect(await useTrustStore(deleted, 'etag')).toEqual({ outcome: 'no domain', warnings: [] });
  });
});
