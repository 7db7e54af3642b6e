import { describe, expect, test } from '@jest/globals';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { makeCsr } from '../../support/csr.ts';
import { refusal, World } from './world.ts';

class Killed extends Error {}

const STEPS: readonly StoreMethod[] = ['readForEnrollment', 'reserve', 'commit'];
const POINTS = STEPS.flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, when })));

/** What must hold once the dust has settled: every signature has a record, one certificate, one use. */
async function expectPromisesKept(world: World, token: string, issued: number): Promise<void> {
  expect(world.recordsIn('RESERVED')).toBe(0);
  expect(world.recordsIn('ISSUED')).toBe(issued);
  expect(await world.uses(token)).toBe(issued);
}

describe('an enrollment that dies', () => {
  test.each(POINTS)(
    '$when $method: a retry gets the one certificate, with one use',
    async ({ method, when }) => {
      const world = await World.create();
      const request = world.request(await world.token());
      world.store.failNext(method, { error: new Killed(), when });
      await expect(world.enroll(request)).rejects.toThrow(Killed);
      const { record } = await world.enroll({ ...request, requestId: 'retry' });
      expect(record.state).toBe('ISSUED');
      await expectPromisesKept(world, request.token, 1);
    },
  );

  test.each(POINTS)(
    '$when $method: the sweeper gives use and name back where nothing was issued',
    async ({ method, when }) => {
      const world = await World.create();
      const request = world.request(await world.token());
      world.store.failNext(method, { error: new Killed(), when });
      await expect(world.enroll(request)).rejects.toThrow(Killed);
      world.pass(301);
      await world.sweep();
      await expectPromisesKept(world, request.token, method === 'commit' && when === 'after' ? 1 : 0);
      const other = world.request(await world.token());
      if (world.recordsIn('ISSUED') === 0) expect((await world.enroll(other)).created).toBe(true);
      expect(
        (await world.enroll({ ...request, requestId: 'late', name: 'host-1' }).catch((e) => e)).code ?? 'ok',
      ).toMatch(/^(ok|name_in_use)$/);
    },
  );

  test('while it signs: a twin takes over after its lease, and its own late commit is discarded', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    let twin: Promise<unknown> = Promise.resolve();
    world.signer.interleave(async () => {
      world.pass(16);
      twin = world.enroll({ ...request, requestId: 'twin' });
      await twin;
    });
    const late = await world.enroll(request);
    expect(late.record.certificate).toEqual(((await twin) as typeof late).record.certificate);
    await expectPromisesKept(world, request.token, 1);
  });

  test('with little of its lease left, since reserving took long: does not begin to sign beside a twin', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    const before = world.signer.signatures;
    let twin: Promise<unknown> = Promise.resolve();
    world.store.interleave('reserve', () => world.pass(14));
    world.signer.interleave(async () => {
      world.pass(7);
      twin = world.enroll(request);
      while (world.store.calls.filter((method) => method === 'readForEnrollment').length < 2)
        await new Promise((resolve) => setImmediate(resolve));
      for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    });
    const { record } = await world.enroll(request);
    expect(await twin).toMatchObject({ created: false, record: { certificate: record.certificate } });
    expect(world.signer.signatures - before).toBe(1);
  });

  test('while it signs, and is swept: the late commit fails and the request starts afresh', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    world.signer.interleave(async () => {
      world.pass(301);
      await world.sweep();
    });
    const { record } = await world.enroll(request);
    expect(record.state).toBe('ISSUED');
    expect(world.recordsIn('VOID')).toBe(1);
    await expectPromisesKept(world, request.token, 1);
  });
});

describe('a CA key that does not sign', () => {
  test('is tried again; every attempt is recorded', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    world.signer.failNext('ThrottlingException', 'KMSInternalException');
    const { record } = await world.enroll(request);
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual([
      'ThrottlingException',
      'KMSInternalException',
      'ok',
    ]);
  });

  test('fails the request, and the next one need not wait for the lease', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    world.signer.failNext('DisabledException');
    await expect(world.enroll(request)).rejects.toMatchObject({ name: 'SigningError', retryable: false });
    const before = world.now;
    const { record } = await world.enroll({ ...request, requestId: 'next' });
    expect(world.now - before).toBeLessThanOrEqual(1);
    expect(record.attempts.map(({ outcome }) => outcome)).toEqual(['DisabledException', 'ok']);
    expect(await world.uses(request.token)).toBe(1);
  });

  test('signs with another key than the certificate says: nothing is issued', async () => {
    const world = await World.create();
    const [issuer] = [...world.store.tables.issuers.values()];
    if (!issuer) throw new Error('no issuer');
    const foreign = fakeCaSigner({ [issuer.keyArn]: 'ECC_NIST_P256' });
    const request = world.request(await world.token());
    world.signer.sign = foreign.sign;
    await expect(world.enroll(request)).rejects.toThrow(/does not verify/);
    expect(world.recordsIn('ISSUED')).toBe(0);
  });
});

describe('an issuer', () => {
  const setState = (world: World, state: 'DRAINING' | 'COMPROMISED') => {
    for (const issuer of world.store.tables.issuers.values())
      world.store.tables.issuers.set(issuer.id, { ...issuer, state });
  };

  test('that is draining finishes what it reserved and takes nothing new', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(request)).rejects.toThrow(Killed);
    setState(world, 'DRAINING');
    expect((await world.enroll({ ...request, requestId: 'retry' })).record.state).toBe('ISSUED');
    const error = await refusal(world.enroll(world.request(await world.token(), { name: 'host-2' })));
    expect(error).toMatchObject({ code: 'authority_not_ready', retryAfterSeconds: 60 });
  });

  test('that is compromised signs nothing more, not even what was reserved', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(request)).rejects.toThrow(Killed);
    setState(world, 'COMPROMISED');
    world.pass(20);
    const before = world.signer.signatures;
    expect((await refusal(world.enroll({ ...request, requestId: 'retry' }))).code).toBe('try_again');
    expect(world.signer.signatures).toBe(before);
  });

  test('that is compromised while a request waits for another one signs nothing more', async () => {
    const world = await World.create();
    const request = world.request(await world.token());
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(request)).rejects.toThrow(Killed);
    const before = world.signer.signatures;
    // It waits for the lease of the request that died.
    world.store.interleave('certificate', () => setState(world, 'COMPROMISED'));
    expect((await refusal(world.enroll({ ...request, requestId: 'retry' }))).code).toBe('try_again');
    expect(world.signer.signatures).toBe(before);
  });

  test('that ends before the certificate would is not used, and the lifetime not clipped', async () => {
    const world = await World.create();
    world.pass(1820 * 86_400);
    const token = await world.token({ expiresAt: world.now });
    const error = await refusal(world.enroll(world.request(token)));
    expect(error).toMatchObject({ code: 'lifetime_beyond_issuer', retryAfterSeconds: undefined });
    expect(error.message).toContain('before this certificate would');
  });
});

describe('a record that no longer gives the recorded bytes', () => {
  test('is not signed', async () => {
    const world = await World.create();
    const { pem } = makeCsr({ kind: 'p256' });
    const request = world.request(await world.token(), { csr: pem });
    world.store.failNext('commit', { error: new Killed(), when: 'before' });
    await expect(world.enroll(request)).rejects.toThrow(Killed);
    const [record] = [...world.store.tables.records.values()];
    if (!record) throw new Error('no record');
    const tampered = { ...record, dnsNames: ['evil.example.com' as never] };
    world.store.tables.records.set(record.serialNumber, tampered);
    world.pass(20);
    const before = world.signer.signatures;
    await refusal(world.enroll({ ...request, requestId: 'retry', dnsNames: ['evil.example.com'] }));
    expect(world.signer.signatures).toBe(before);
  });
});
