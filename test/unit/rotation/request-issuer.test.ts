import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { issue } from '../../../shared/pki/issue.ts';
import { prepareIssuerRequest } from '../../../shared/pki/prepare-issuer-request.ts';
import type { StoreMethod } from '../../fakes/store.ts';
import { openssl } from '../../support/openssl.ts';
import { DIRECTORY, ExternalWorld } from './external-world.ts';
import { ADMIN, slot } from './issuer-world.ts';

/** What openssl prints of a request, whose signature it verifies. */
function printed(csr: string): string {
  const file = join(DIRECTORY, 'printed.csr');
  writeFileSync(file, csr);
  return openssl('req', '-in', file, '-noout', '-text', '-verify');
}

describe('the CSR of an issuer below an external root', () => {
  test.each([
    { name: 'elliptic', keySpec: 'ECC_NIST_P256' as const },
    { name: 'RSA', keySpec: 'RSA_3072' as const },
  ])('has its name, and asks for what it needs; $name', async ({ keySpec }) => {
    const nameConstraints = { permittedDns: ['example.com'], permittedIp: [] };
    const world = await ExternalWorld.create([{ ...slot(1, keySpec), nameConstraints }]);
    const text = printed(await world.csr());
    for (const part of [
      'Subject: CN = fleetseal test issuer-1',
      'CA:TRUE, pathlen:0',
      'Certificate Sign, CRL Sign',
      'X509v3 Subject Key Identifier',
      'DNS:example.com',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('Authority Key Identifier');
  });

  test('leaves it PENDING, with nothing known of its certificate', async () => {
    const world = await ExternalWorld.create();
    const { issuer, created } = await world.request();
    expect(created).toBe(true);
    expect(issuer).toMatchObject({ id: 'issuer-1', state: 'PENDING', rootId: 'root-1' });
    expect(issuer.changes).toEqual([{ to: 'PENDING', at: world.now, by: ADMIN }]);
    expect([issuer.serialNumber, issuer.validity, issuer.certificate]).toEqual(Array(3).fill(undefined));
    expect(world.signer.signatures).toBe(1);
  });

  test('is the same each time, and signed once', async () => {
    const world = await ExternalWorld.create();
    const first = await world.csr();
    expect(await world.csr()).toBe(first);
    expect((await world.request()).created).toBe(false);
    expect(world.signer.signatures).toBe(1);
  });

  test('is recorded before it is signed', async () => {
    const world = await ExternalWorld.create();
    let hash: string | undefined;
    world.signer.interleave(async () => {
      const { request } = await world.issuer('issuer-1');
      hash = request?.csr === undefined ? request?.tbsSha256 : undefined;
    });
    await world.request();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(
    (
      ['readAuthority', 'readSlots', 'reserveIssuer', 'commitRequest'] as const satisfies StoreMethod[]
    ).flatMap((method) => (['before', 'after'] as const).map((when) => ({ method, when }))),
  )('cut off $when $method, it is finished by the next request', async ({ method, when }) => {
    const world = await ExternalWorld.create();
    world.store.failNext(method, { error: new Error('killed'), when });
    await expect(world.request()).rejects.toThrow('killed');
    const { issuer } = await world.request();
    expect(issuer).toMatchObject({ id: 'issuer-1', state: 'PENDING' });
    expect(issuer.request?.csr).toBeDefined();
    expect((await world.store.readAuthority()).issuers).toHaveLength(1);
  });

  test('twice at once is one', async () => {
    const world = await ExternalWorld.create();
    const [a, b] = await Promise.all([world.request(), world.request()]);
    expect(a.issuer.request).toEqual(b.issuer.request);
  });

  test('is not signed once the settings of what was recorded have changed', async () => {
    const world = await ExternalWorld.create();
    world.signer.failNext('DisabledException');
    await expect(world.request()).rejects.toThrow('DisabledException');
    const nameConstraints = { permittedDns: ['example.com'], permittedIp: [] };
    world.store.tables.slots.set('issuer-1', { ...slot(1), nameConstraints });
    await expect(world.request()).rejects.toMatchObject({
      code: 'internal',
      message:
        'the CSR of issuer-1 was recorded with different contents than the settings now give; deploy the settings that it was recorded with',
    });
  });

  test('cannot become a certificate: what signs certificates takes none', () => {
    const prepared = prepareIssuerRequest({
      authority: 'test',
      issuerId: 'issuer-1',
      keySpec: 'ECC_NIST_P256',
      publicKey: Buffer.from(
        '3059301306072a8648ce3d020106082a8648ce3d030107034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
        'hex',
      ),
    });
    expect(prepared.kind).toBe('certification request');
    // @ts-expect-error the kind is part of the type
    const misuse = () => issue(prepared, async () => ({ signature: Uint8Array.of(0) }));
    expect(misuse).toBeInstanceOf(Function);
  });
});
