import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { certifiedIssuer } from '../../../shared/issuance/issuers.ts';
import { nameConstraintsOf } from '../../../shared/pki/certificate.ts';
import { certifyNextIssuer } from '../../../shared/rotation/certify-next-issuer.ts';
import { listIssuers } from '../../../shared/rotation/list-issuers.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { ADMIN, IssuerWorld, slot } from './issuer-world.ts';

async function certify(world: IssuerWorld, id?: string) {
  const { issuer, created } = await certifyNextIssuer(world, { id, by: ADMIN });
  return { issuer: certifiedIssuer([issuer], issuer.id), created };
}

describe('certifying the next issuer', () => {
  test('takes the first free slot: the root signs it, and it waits', async () => {
    const world = await IssuerWorld.create();
    const { issuer, created } = await certify(world);
    expect(created).toBe(true);
    expect(issuer).toMatchObject({ id: 'issuer-2', state: 'READY', rootId: 'root-1', crlShards: 16 });
    expect(issuer.changes).toEqual([{ to: 'READY', at: world.now, by: ADMIN }]);
    const [root] = (await world.store.readAuthority()).roots;
    const certificate = new X509Certificate(issuer.certificate);
    expect(certificate.verify(new X509Certificate(root?.certificate ?? '').publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=fleetseal test issuer-2');
    expect(await world.states()).toEqual(['issuer-1 ACTIVE', 'issuer-2 READY']);
  });

  test('is recorded before the root signs', async () => {
    const world = await IssuerWorld.create();
    let recorded: readonly string[] = [];
    world.signer.interleave(async () => {
      recorded = await world.states();
    });
    await certify(world);
    expect(recorded).toEqual(['issuer-1 ACTIVE', 'issuer-2 PENDING']);
  });

  test('again returns the one that is ready, and signs nothing', async () => {
    const world = await IssuerWorld.create();
    const { issuer } = await certify(world);
    expect(await certify(world)).toEqual({ issuer, created: false });
    expect(world.signer.signatures).toBe(3);
  });

  test('takes the slot that is named, and each of them once', async () => {
    const world = await IssuerWorld.create();
    expect((await certify(world, 'issuer-3')).issuer.id).toBe('issuer-3');
    expect((await certify(world, 'issuer-2')).issuer.id).toBe('issuer-2');
    expect((await certify(world, 'issuer-1')).created).toBe(false);
  });

  test('twice at once ends with one certificate', async () => {
    const world = await IssuerWorld.create();
    const [a, b] = await Promise.all([certify(world), certify(world)]);
    expect(a.issuer.certificate).toEqual(b.issuer.certificate);
    expect(await world.states()).toEqual(['issuer-1 ACTIVE', 'issuer-2 READY']);
  });

  test.each(
    (
      ['readAuthority', 'readSlots', 'reserveIssuer', 'commitIssuer'] as const satisfies StoreMethod[]
    ).flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, when }))),
  )('cut off $when $method: the next run finishes with the recorded bytes', async ({ method, when }) => {
    const world = await IssuerWorld.create();
    world.store.failNext(method, { error: new Error('killed'), when });
    await expect(certify(world)).rejects.toThrow('killed');
    const recorded = (await world.issuer('issuer-2'))?.serialNumber;
    world.pass(DAY);
    const { issuer } = await certify(world);
    expect(issuer.state).toBe('READY');
    if (recorded) expect(issuer.serialNumber).toBe(recorded);
    expect(await world.states()).toEqual(['issuer-1 ACTIVE', 'issuer-2 READY']);
  });

  test('KMS in trouble: the issuer stays PENDING, and the next run finishes it', async () => {
    const world = await IssuerWorld.create();
    world.signer.failNext('DisabledException');
    await expect(certify(world)).rejects.toThrow('DisabledException');
    expect(await world.states()).toEqual(['issuer-1 ACTIVE', 'issuer-2 PENDING']);
    expect((await certify(world)).created).toBe(true);
  });

  test('what the slot declares is in the certificate', async () => {
    const nameConstraints = { permittedDns: ['example.com'], permittedIp: [] };
    const second = { ...slot(2), nameConstraints, crlShards: 4, lifetimeSeconds: 100 * DAY };
    const world = await IssuerWorld.create([slot(1), second]);
    const { issuer } = await certify(world);
    expect(nameConstraintsOf(issuer.certificate)).toEqual(nameConstraints);
    expect(issuer.validity.notAfter - world.now).toBe(100 * DAY);
    expect(issuer.crlShards).toBe(4);
  });

  test('without a free slot is refused, saying what to do', async () => {
    const world = await IssuerWorld.create([slot(1)]);
    await expect(certify(world)).rejects.toMatchObject({
      code: 'no_free_slot',
      message:
        'Every issuer slot of this deployment is in use (issuer-1). Append one to the setting "issuers" and deploy, then send the same request again.',
    });
  });

  test('a slot that is not declared is refused: no request names a key', async () => {
    const world = await IssuerWorld.create([slot(1), slot(2)]);
    await expect(certify(world, 'issuer-7')).rejects.toMatchObject({
      code: 'not_found',
      message:
        'This deployment declares no issuer slot "issuer-7"; it has issuer-1, issuer-2. Append it to the setting "issuers" and deploy.',
    });
    expect(await world.states()).toEqual(['issuer-1 ACTIVE']);
  });

  test('a key that was reported as compromised before it was certified is not certified', async () => {
    const world = await IssuerWorld.create();
    world.signer.failNext('DisabledException');
    await expect(certify(world)).rejects.toThrow();
    world.put('issuer-2', 'COMPROMISED');
    await expect(certify(world, 'issuer-2')).rejects.toMatchObject({ code: 'state_conflict' });
    expect((await certify(world)).issuer.id).toBe('issuer-3');
  });

  test('before the authority is created is refused', async () => {
    const world = await IssuerWorld.create();
    world.store.tables.roots.clear();
    await expect(certify(world)).rejects.toMatchObject({ code: 'authority_not_ready' });
  });
});

test('issuers are listed in the order of the settings, with the slots that are free', async () => {
  const world = await IssuerWorld.create([slot(1), slot(10), slot(2), slot(3)]);
  await certify(world, 'issuer-2');
  await certify(world, 'issuer-10');
  const { issuers, freeSlots } = await listIssuers(world);
  expect(issuers.map(({ id }) => id)).toEqual(['issuer-1', 'issuer-2', 'issuer-10']);
  expect(freeSlots.map(({ id }) => id)).toEqual(['issuer-3']);
});
