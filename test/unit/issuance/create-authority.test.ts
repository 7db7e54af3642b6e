import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import type { RevocationUrl } from '../../../shared/domain/revocation-url.ts';
import type { TrustDomain } from '../../../shared/domain/trust-domain.ts';
import { type AuthorityPlan, createAuthority } from '../../../shared/issuance/create-authority.ts';
import { draftedIssuer } from '../../../shared/issuance/issuers.ts';
import { certifiedRoot, kmsRoot } from '../../../shared/issuance/roots.ts';
import { prepareIssuer } from '../../../shared/pki/prepare-issuer.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { ISSUER_KEY, PLAN, ROOT_KEY, World } from './world.ts';

interface Limits {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
}

function limitedTo(limits: Limits | undefined): AuthorityPlan {
  if (limits === undefined) return PLAN;
  const { dns = [], ip = [] } = limits;
  return { ...PLAN, nameConstraints: { permittedDns: dns, permittedIp: ip as readonly Cidr[] } };
}

class Killed extends Error {}

const STEPS: readonly StoreMethod[] = [
  'readAuthority',
  'reserveRoot',
  'commitRoot',
  'reserveIssuer',
  'commitIssuer',
  'changeIssuers',
];

describe('creating the authority', () => {
  test('certifies the root and the first issuer, and activates it', async () => {
    const world = new World();
    const { root, issuer } = await createAuthority(world, PLAN);
    if (!root.certificate || !issuer.certificate) throw new Error('not certified');
    const [ca, sub] = [new X509Certificate(root.certificate), new X509Certificate(issuer.certificate)];
    expect([root.state, issuer.state]).toEqual(['ISSUED', 'ACTIVE']);
    expect(ca.checkIssued(ca) && sub.checkIssued(ca) && sub.verify(ca.publicKey)).toBe(true);
    expect(ca.ca && sub.ca).toBe(true);
    expect(new Date(ca.validTo).getUTCFullYear()).toBe(2046);
  });

  test('again changes nothing and signs nothing', async () => {
    const world = new World();
    const first = await createAuthority(world, PLAN);
    expect(await createAuthority(world, PLAN)).toEqual(first);
    expect(world.signer.signatures).toBe(2);
  });

  test('again needs nothing of the root, whose key may be disabled', async () => {
    const world = new World();
    const first = await createAuthority(world, PLAN);
    await world.signer.disable(ROOT_KEY);
    expect(await createAuthority(world, PLAN)).toEqual(first);
  });

  test('twice at once ends with one root and one issuer', async () => {
    const world = new World();
    const [a, b] = await Promise.all([createAuthority(world, PLAN), createAuthority(world, PLAN)]);
    expect(a.root.certificate).toEqual(b.root.certificate);
    expect(a.issuer.certificate).toEqual(b.issuer.certificate);
  });

  test.each(STEPS.flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, when }))))(
    'killed $when $method: the next run finishes with the recorded bytes',
    async ({ method, when }) => {
      const world = new World();
      world.store.failNext(method, { error: new Killed(), when });
      await expect(createAuthority(world, PLAN)).rejects.toThrow(Killed);
      const recorded = world.store.tables.roots.get('root-1');
      world.pass(3600);
      const { root, issuer } = await createAuthority(world, PLAN);
      expect([root.state, issuer.state]).toEqual(['ISSUED', 'ACTIVE']);
      if (recorded) expect(root.serialNumber).toBe(kmsRoot(recorded).serialNumber);
    },
  );

  test.each([
    {
      name: 'root',
      plan: { ...PLAN, root: { ...PLAN.root, id: 'root-9', keyArn: ISSUER_KEY } },
      by: 'root-1',
    },
    {
      name: 'issuer',
      plan: { ...PLAN, issuers: [{ ...PLAN.issuers[0], id: 'issuer-9', keyArn: ROOT_KEY }] as const },
      by: 'issuer-1',
    },
  ])('is done once: whoever can run it can not have another $name certified', async ({ name, plan, by }) => {
    const world = await World.create();
    const before = await world.store.readAuthority();
    await expect(createAuthority(world, plan)).rejects.toThrow(
      `${name}-9 is not recorded, but ${by} is. An authority is created only once`,
    );
    expect(await world.store.readAuthority()).toEqual(before);
    expect(world.signer.signatures).toBe(2);
  });

  test.each([
    { name: 'added', before: undefined, after: { dns: ['a.org'] } },
    { name: 'taken away', before: { dns: ['a.org'] }, after: undefined },
    { name: 'widened', before: { dns: ['a.org'] }, after: { dns: ['a.org', 'b.org'] } },
    { name: 'narrowed', before: { dns: ['a.org', 'b.org'] }, after: { dns: ['a.org'] } },
    { name: 'exchanged', before: { ip: ['192.0.2.0/24'] }, after: { ip: ['192.0.2.0/25'] } },
    { name: 'of another kind', before: { dns: ['a.org'] }, after: { ip: ['192.0.2.0/24'] } },
  ])('is refused with name constraints $name, saying what is recorded', async ({ before, after }) => {
    const world = await World.create(limitedTo(before));
    const recorded = await world.store.readAuthority();
    const words = (limits?: Limits) =>
      JSON.stringify({ permittedDns: limits?.dns ?? [], permittedIp: limits?.ip ?? [] });
    await expect(createAuthority(world, limitedTo(after))).rejects.toThrow(
      `issuer-1 was certified with different name constraints than the settings now give, and keeps them: set nameConstraints to the recorded ones again; different ones need a new issuer. Recorded: ${words(before)}. Settings: ${words(after)}`,
    );
    expect(await world.store.readAuthority()).toEqual(recorded);
    expect(world.signer.signatures).toBe(2);
    await createAuthority(world, limitedTo(before));
  });

  test('is refused with another trust domain, before anything is signed, saying what is recorded', async () => {
    const world = await World.create();
    const recorded = await world.store.readAuthority();
    const plan = { ...PLAN, trustDomain: 'other.example.com' as TrustDomain };
    await expect(createAuthority(world, plan)).rejects.toThrow(
      'the trust domain of this authority is "test" and is part of every identity, so it cannot be changed to "other.example.com": set trustDomain to "test", or create another authority for the new trust domain',
    );
    expect(await world.store.readAuthority()).toEqual(recorded);
    expect(world.signer.signatures).toBe(2);
  });

  test('takes the same name constraints in another order', async () => {
    const world = await World.create(limitedTo({ dns: ['a.org', 'b.org'], ip: ['::/0', '192.0.2.0/24'] }));
    const again = limitedTo({ dns: ['b.org', 'a.org', 'b.org'], ip: ['192.0.2.0/24', '::/0'] });
    expect((await createAuthority(world, again)).issuer.state).toBe('ACTIVE');
  });

  test('takes other lifetimes for the next CAs and leaves those that are certified', async () => {
    const world = await World.create();
    const before = await world.store.readAuthority();
    const [first] = PLAN.issuers;
    const root = { ...PLAN.root, lifetimeSeconds: 3652 * DAY };
    await createAuthority(world, { ...PLAN, root, issuers: [{ ...first, lifetimeSeconds: 730 * DAY }] });
    expect(await world.store.readAuthority()).toEqual(before);
  });

  test('certifies the first issuer with the addresses of its revocation, and the root with none', async () => {
    const { root, issuer } = await createAuthority(new World(), PLAN);
    expect(new X509Certificate(issuer.certificate ?? '').infoAccess?.split('\n')).toEqual([
      `OCSP - URI:${PLAN.revocationUrl}/ocsp`,
      `CA Issuers - URI:${PLAN.revocationUrl}/ca/root-1.cer`,
    ]);
    expect(issuer).toMatchObject({ revocationUrl: PLAN.revocationUrl, crlShards: PLAN.crlShards });
    expect(new X509Certificate(root.certificate ?? '').infoAccess).toBeUndefined();
  });

  test('interrupted, and finished under other settings: signs the address that was recorded', async () => {
    const world = new World();
    world.store.failNext('commitIssuer', { error: new Killed(), when: 'before' });
    await expect(createAuthority(world, PLAN)).rejects.toThrow(Killed);
    const other = { ...PLAN, revocationUrl: 'http://other.example.com' as RevocationUrl, crlShards: 99 };
    const { issuer } = await createAuthority(world, other);
    expect(issuer).toMatchObject({ revocationUrl: PLAN.revocationUrl, crlShards: PLAN.crlShards });
    expect(new X509Certificate(issuer.certificate ?? '').infoAccess).toContain(PLAN.revocationUrl);
    expect((await createAuthority(world, other)).issuer).toEqual(issuer);
  });

  test('finishes an issuer that was recorded without address, as earlier versions did', async () => {
    const world = new World();
    world.store.failNext('commitIssuer', { error: new Killed(), when: 'before' });
    await expect(createAuthority(world, PLAN)).rejects.toThrow(Killed);
    const { roots, issuers } = world.store.tables;
    const recorded = issuers.get('issuer-1');
    if (recorded === undefined) throw new Error('nothing was recorded');
    const { revocationUrl: _, ...earlier } = draftedIssuer(recorded);
    const { tbsSha256 } = prepareIssuer({
      ...earlier,
      authority: PLAN.authority,
      issuerId: earlier.id,
      publicKey: await world.signer.publicKey(ISSUER_KEY),
      root: certifiedRoot([...roots.values()], 'root-1'),
    });
    issuers.set('issuer-1', { ...earlier, tbsSha256 });
    const { issuer } = await createAuthority(world, PLAN);
    expect(issuer.state).toBe('ACTIVE');
    expect(new X509Certificate(issuer.certificate ?? '').infoAccess).toBeUndefined();
  });

  test('with another key in the slot of a recorded root stops, saying what to do', async () => {
    const world = await World.create();
    const root = { ...PLAN.root, keyArn: `${ROOT_KEY}-2` };
    const signer = fakeCaSigner({ [root.keyArn]: 'ECC_NIST_P384', [ISSUER_KEY]: 'ECC_NIST_P256' });
    await expect(createAuthority({ ...world, signer }, { ...PLAN, root })).rejects.toThrow(
      'the certificate of root-1 has a different key than its KMS key; a slot keeps its key: restore it, or declare a new slot',
    );
  });
});
