import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Declaration } from '../../../shared/domain/declaration.ts';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import type { Slot } from '../../../shared/domain/slot.ts';
import type { TrustDomain } from '../../../shared/domain/trust-domain.ts';
import { checkDeployment } from '../../../shared/rotation/check-deployment.ts';
import type { Stacks } from '../../../shared/rotation/ports.ts';
import { fakeStore } from '../../fakes/store.ts';
import { sampleIssuer, sampleIssuerSlot, sampleRoot, sampleRootSlot } from '../../support/records.ts';

const STACK = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/fleetseal-fleet-authority/1';
const DER = Uint8Array.of(1, 2, 3);
const OTHER_SHA256 = 'ab'.repeat(32);

const DECLARED: Declaration = {
  authority: 'test',
  trustDomain: 'test',
  roots: [{ id: 'root-1', kind: 'kms', keySpec: 'RSA_4096' }],
  issuers: [
    { id: 'issuer-1', keySpec: 'RSA_3072' },
    { id: 'issuer-2', keySpec: 'RSA_3072' },
  ],
  nameConstraints: { permittedDns: [], permittedIp: [] },
};

const THIRD = { id: 'issuer-3', keySpec: 'ECC_NIST_P256' } as const;

/** The ledger after a deployment of {@link DECLARED}. */
function deployed(...more: readonly Slot[]) {
  const store = fakeStore();
  const slots: readonly Slot[] = [
    sampleRootSlot({ keySpec: 'RSA_4096' }),
    sampleIssuerSlot(),
    sampleIssuerSlot({ id: 'issuer-2', place: 1 }),
    ...more,
  ];
  for (const slot of slots) store.tables.slots.set(slot.id, slot);
  store.tables.roots.set('root-1', sampleRoot({ state: 'ISSUED' }));
  store.tables.issuers.set('issuer-1', sampleIssuer({ state: 'ACTIVE' }));
  return store;
}

const forward: Stacks = { isRollingBack: async () => false, otherAuthorities: async () => [] };

/** A ledger that says which Region is active; nothing where that is empty. */
const ledgerOf = (active: string) => ({ activeRegion: async () => active || undefined });

function check(
  asked: Partial<Declaration>,
  { store = deployed(), stacks = forward, isOnly = false, active = '', askedBefore = '' } = {},
): Promise<string> {
  const deps = { slots: store, authority: store, stacks, ledger: ledgerOf(active) };
  const declaration = { ...DECLARED, ...asked };
  return checkDeployment(deps, STACK, () => ({
    declaration,
    isOnly,
    askedBefore: askedBefore || undefined,
  })).then(
    () => 'accepted',
    (error: Error) => error.message,
  );
}

describe('a deployment is accepted', () => {
  test.each([
    { name: 'with the same settings', asked: {} },
    { name: 'that appends a slot', asked: { issuers: [...DECLARED.issuers, THIRD] } },
    {
      name: 'that appends a root',
      asked: { roots: [...DECLARED.roots, { id: 'root-2', kind: 'kms', keySpec: 'ECC_NIST_P384' } as const] },
    },
  ])('$name', async ({ asked }) => {
    expect(await check(asked)).toBe('accepted');
  });

  test('if it is the first', async () => {
    expect(await check({}, { store: fakeStore(), isOnly: true })).toBe('accepted');
  });

  test('if the first was cut off after the authority was created, and before its slots were recorded', async () => {
    const store = deployed();
    store.tables.slots.clear();
    expect(await check({}, { store })).toBe('accepted');
  });

  test('if the root that it leaves out is retired', async () => {
    const store = deployed(sampleRootSlot({ id: 'root-2', place: 1 }));
    store.tables.roots.set('root-2', sampleRoot({ id: 'root-2', state: 'RETIRED' }));
    expect(await check({}, { store })).toBe('accepted');
  });

  test('with the same constraints in another order', async () => {
    const nameConstraints = { permittedDns: ['a.example', 'b.example'], permittedIp: [] };
    const store = deployed();
    store.tables.slots.set('issuer-1', sampleIssuerSlot({ nameConstraints }));
    const turned = { permittedDns: ['b.example', 'a.example', 'a.example'], permittedIp: [] };
    expect(await check({ nameConstraints: turned }, { store })).toBe('accepted');
  });
});

describe('a deployment is refused', () => {
  test.each([
    {
      name: 'with another authority',
      asked: { authority: 'other' },
      words:
        'authority: recorded is "test", asked is "other". The name is in the certificates of the CAs: set it back to "test"',
    },
    {
      name: 'with another trust domain',
      asked: { trustDomain: 'example.org' },
      words:
        'trustDomain: recorded is "test", asked is "example.org". It is part of every identity: set trustDomain to "test", or create another authority',
    },
    {
      name: 'with another key spec of the root',
      asked: { roots: [{ id: 'root-1', kind: 'kms', keySpec: 'RSA_3072' } as const] },
      words:
        'root.keySpec: root-1 is recorded as RSA_4096, asked is RSA_3072. KMS cannot change the spec of a key: set it back to RSA_4096; for a key of RSA_3072, append an entry to the setting successorRoots',
    },
    {
      name: 'with an external root instead of one in KMS',
      asked: { roots: [{ id: 'root-1', kind: 'external', certificateSha256: OTHER_SHA256 } as const] },
      words:
        'root.kind: root-1 is recorded as "kms", asked is "external". A root stays what it is: set it back',
    },
    {
      name: 'with another key spec of a slot',
      asked: {
        issuers: [
          { id: 'issuer-1', keySpec: 'RSA_3072' } as const,
          { id: 'issuer-2', keySpec: 'ECC_NIST_P256' } as const,
        ],
      },
      words: 'issuers.keySpec: issuer-2 is recorded as RSA_3072, asked is ECC_NIST_P256',
    },
    {
      name: 'without a recorded slot',
      asked: { issuers: [{ id: 'issuer-1', keySpec: 'RSA_3072' } as const] },
      words:
        'issuers: issuer-2 is recorded, and the settings no longer declare it. Put it back: append to the setting issuers, and never remove or reorder its entries',
    },
    {
      name: 'with slots in another order',
      asked: { issuers: DECLARED.issuers.toReversed() },
      words: 'issuers: recorded in the order issuer-1, issuer-2; asked is issuer-2, issuer-1',
    },
    {
      name: 'with a new slot before recorded ones',
      asked: { issuers: [THIRD, ...DECLARED.issuers] },
      words: 'issuers: recorded in the order issuer-1, issuer-2; asked is issuer-3, issuer-1, issuer-2',
    },
    {
      name: 'with name constraints where there were none',
      asked: { nameConstraints: { permittedDns: ['example.com'], permittedIp: ['192.0.2.0/24' as Cidr] } },
      words: 'nameConstraints.permittedDns: recorded is [], asked is ["example.com"]',
    },
  ])('$name', async ({ asked, words }) => {
    expect(await check(asked)).toContain(words);
  });

  test('with another certificate of an external root', async () => {
    const store = deployed();
    store.tables.slots.delete('root-1');
    const { id, trustDomain, state, validity, createdAt } = sampleRoot({ state: 'ISSUED' });
    const root = { id, trustDomain, state, validity, createdAt };
    store.tables.roots.set(id, { ...root, kind: 'external', certificate: DER });
    const external = (certificateSha256: string) => ({
      roots: [{ id: 'root-1', kind: 'external', certificateSha256 } as const],
    });
    const sha256 = createHash('sha256').update(DER).digest('hex');
    expect(await check(external(sha256), { store })).toBe('accepted');
    expect(await check(external(OTHER_SHA256), { store })).toContain(
      `root.certificate: root-1 is recorded with the certificate of SHA-256 ${sha256}, asked is ${OTHER_SHA256}`,
    );
  });

  test('if a slot comes back whose issuer is recorded', async () => {
    const store = deployed();
    store.tables.issuers.set('issuer-3', sampleIssuer({ id: 'issuer-3', state: 'READY' }));
    expect(await check({ issuers: [...DECLARED.issuers, THIRD] }, { store })).toContain(
      'issuers: issuer-3 has left the settings before, and its key is no longer part of the deployment. A slot does not come back: append an entry with a new id instead',
    );
  });

  test('with all reasons at once, and writes nothing', async () => {
    const store = deployed();
    const message = await check({ authority: 'other', trustDomain: 'other', issuers: [THIRD] }, { store });
    expect(message).toMatch(
      /^the deployment is refused, and nothing was changed: authority: .*; trustDomain: .*; issuers: issuer-1 .*; issuers: issuer-2 /,
    );
    expect(store.calls.toSorted()).toEqual(['readAuthority', 'readSlots']);
  });

  test('if it is the first of an authority beside another one, unless the settings accept that', async () => {
    const stacks = { ...forward, otherAuthorities: async () => ['fleetseal-acme-authority'] };
    expect(await check({}, { store: fakeStore(), stacks, isOnly: true })).toContain(
      'authority: "test" is new, and this account and Region hold the stack fleetseal-acme-authority. Another name is another PKI, with keys and hosts of its own. To update the one that is there, set authority to its name; to have both, set otherAuthorities to "accept"',
    );
    expect(await check({}, { store: fakeStore(), stacks, isOnly: false })).toBe('accepted');
  });
});

describe('a rollback is accepted', () => {
  const rollback = { ...forward, isRollingBack: async (stackId: string) => stackId === STACK };

  test('that takes an appended slot away', async () => {
    const store = deployed(sampleIssuerSlot({ id: 'issuer-3', place: 2 }));
    expect(await check({}, { store })).toContain('issuer-3 is recorded');
    expect(await check({}, { store, stacks: rollback })).toBe('accepted');
  });

  test('even if the ledger cannot be read', async () => {
    const store = deployed();
    store.failNext('readSlots', { error: new Error('throttled'), when: 'before' });
    expect(await check({}, { store, stacks: rollback })).toBe('accepted');
  });

  test('with properties of an earlier version, which this one cannot read', async () => {
    const store = deployed();
    const deps = { slots: store, authority: store, stacks: rollback, ledger: ledgerOf('') };
    const unreadable = () => {
      throw new Error('roots: required');
    };
    await expect(checkDeployment(deps, STACK, unreadable)).resolves.toBeUndefined();
    await expect(checkDeployment({ ...deps, stacks: forward }, STACK, unreadable)).rejects.toThrow('roots');
  });
});

test('where the ledger cannot be read, a deployment is refused with the reason', async () => {
  const store = deployed();
  store.failNext('readAuthority', { error: new Error('throttled'), when: 'before' });
  expect(await check({}, { store })).toBe('throttled');
});

test('the root of another trust domain is found wherever it is', async () => {
  const store = deployed();
  store.tables.roots.set('root-1', sampleRoot({ trustDomain: 'elsewhere' as TrustDomain }));
  expect(await check({}, { store })).toContain('recorded is "elsewhere"');
});

describe('two Regions', () => {
  const regions = { primary: 'eu-central-1', standby: 'eu-west-1', active: 'eu-central-1' };
  const taken = { ...regions, active: 'eu-west-1' };

  /** The ledger after a deployment in two Regions. */
  function inTwoRegions() {
    const store = deployed();
    for (const [id, slot] of store.tables.slots)
      store.tables.slots.set(id, {
        ...slot,
        keyArn: `arn:aws:kms:eu-central-1:111122223333:key/mrk-${id.replace('-', '').padEnd(32, '0')}`,
      });
    return store;
  }

  test('are accepted at first, as recorded, and when a deployment moves the work', async () => {
    const store = inTwoRegions();
    expect(await check({ regions }, { store: fakeStore() })).toBe('accepted');
    expect(await check({ regions }, { store, active: 'eu-central-1' })).toBe('accepted');
    expect(
      await check({ regions: taken }, { store, active: 'eu-central-1', askedBefore: 'eu-central-1' }),
    ).toBe('accepted');
    // The stacks of the other Region, deployed after those that moved it.
    expect(await check({ regions: taken }, { store, active: 'eu-west-1', askedBefore: 'eu-central-1' })).toBe(
      'accepted',
    );
    // A restored ledger, which is of before the last change.
    expect(await check({ regions: taken }, { store, askedBefore: 'eu-west-1' })).toBe('accepted');
  });

  test.each([
    {
      name: 'for an authority in one Region',
      asked: { regions },
      store: deployed,
      says: 'regions: the recorded keys exist in one Region, and KMS cannot make multi-Region keys of them. Leave regions out; for two Regions, create another authority',
    },
    {
      name: 'that are no longer set',
      asked: {},
      store: inTwoRegions,
      says: 'regions: recorded is an authority in two Regions, with eu-central-1 as the primary one, and the settings have one. Its table would be replaced by an empty one: set regions back',
    },
    {
      name: 'that change places',
      asked: { regions: { primary: 'eu-west-1', standby: 'eu-central-1', active: 'eu-central-1' } },
      store: inTwoRegions,
      says: 'regions.primary: recorded is eu-central-1, asked is eu-west-1. The keys stay where they are: set it back. To move the work to the other Region, set regions.active',
    },
    {
      name: 'of which the active one is replaced',
      asked: { regions: { ...regions, standby: 'eu-north-1' } },
      store: inTwoRegions,
      active: 'eu-west-1',
      askedBefore: 'eu-west-1',
      says: 'regions.standby: recorded as the active Region is eu-west-1, asked is eu-north-1. Make eu-central-1 active first, then replace the standby Region',
    },
    {
      name: 'with settings from before a failover',
      asked: { regions },
      store: inTwoRegions,
      active: 'eu-west-1',
      askedBefore: 'eu-central-1',
      says: 'regions.active: recorded as the active Region is eu-west-1, asked is eu-central-1, as in the deployment of this stack before. Only a deployment that changes active moves the work: set it to "standby", deploy, and change it then if eu-central-1 is to be active',
    },
    {
      name: 'in a new stack that would move the work',
      asked: { regions: taken },
      store: inTwoRegions,
      active: 'eu-central-1',
      says: 'regions.active: recorded as the active Region is eu-central-1, asked is eu-west-1',
    },
  ])('$name are refused', async ({ asked, store, says, active = 'eu-central-1', askedBefore = '' }) => {
    expect(await check(asked, { store: store(), active, askedBefore })).toContain(says);
  });
});
