import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { makeCsr, makeKey } from '../../support/csr.ts';
import { NOW, sampleRevocation } from '../../support/records.ts';
import { namePattern } from '../domain/support.ts';
import { refusal, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});

/** `text` in random case. */
const inAnyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((c, i) => (upper[i] ? c.toUpperCase() : c)).join(''));

describe('a name has no case:', () => {
  test('however it is written, one key gets one certificate, in lower case, and no other key gets the name', async () => {
    const privateKey = makeKey('p256');
    const name = inAnyCase('web-05.example.com');
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          name,
          cn: name,
          dns: name,
          again: name,
          other: name,
          pattern: inAnyCase('web-*.example.*'),
        }),
        async ({ name, cn, dns, again, other, pattern }) => {
          const fresh = await World.create();
          const names = { commonName: namePattern(pattern), dns: [namePattern(pattern)], ip: [] };
          const token = await fresh.token({ names, maxUses: 2 });
          const csr = makeCsr({ privateKey, commonName: cn, dnsNames: [dns] }).pem;
          const request = fresh.request(token, { csr, name, dnsNames: [dns] });
          const { record } = await fresh.enroll(request);
          expect([record.name, ...record.dnsNames]).toEqual(['web-05.example.com', 'web-05.example.com']);
          const { subject, subjectAltName } = new X509Certificate(record.certificate);
          expect([subject, subjectAltName]).toEqual([
            'CN=web-05.example.com',
            'URI:spiffe://test/agent/web-05.example.com, DNS:web-05.example.com',
          ]);
          const replay = await fresh.enroll({ ...request, name: again, dnsNames: [again] });
          expect(replay).toMatchObject({ created: false, record: { serialNumber: record.serialNumber } });
          const refused = await refusal(fresh.enroll(fresh.request(token, { name: other })));
          expect(refused.code).toBe('name_in_use');
          expect([...fresh.store.tables.names.keys()]).toEqual(['web-05.example.com']);
        },
      ),
      { numRuns: 20 },
    );
  });

  test.each([
    'web-05\u212A',
    'W\u0130N-01',
    'w\u0131n-01',
    '\uFF57eb',
    'we\u0301b',
    'web-05.'.padEnd(65, 'a'),
  ])('no other letter is taken for one of its own: %j', async (name) => {
    const token = await world.token({ names: { commonName: namePattern('*'), dns: [], ip: [] } });
    expect(await refusal(world.enroll(world.request(token, { name })))).toMatchObject({
      code: 'malformed_request',
      errors: [{ pointer: '#/name' }],
    });
  });
});

describe('a name', () => {
  test('that another key holds is refused, until its certificate expires', async () => {
    await world.enroll(world.request(await world.token({ certificateLifetimeSeconds: DAY })));
    const token = await world.token({ expiresAt: plus(NOW, 9 * DAY) });
    const error = await refusal(world.enroll(world.request(token)));
    expect(error).toMatchObject({ code: 'name_in_use', errors: [{ pointer: '#/name' }] });
    expect(error.message).toContain('use the key that holds it');
    world.pass(DAY + 1);
    expect((await world.enroll(world.request(token))).created).toBe(true);
  });

  test('goes to the new key where the token says replace', async () => {
    await world.enroll(world.request(await world.token()));
    const { record } = await world.enroll(world.request(await world.token({ onExistingName: 'replace' })));
    const holders = world.store.tables.names.get(record.name)?.holders ?? [];
    expect(holders.at(-1)?.serialNumber).toBe(record.serialNumber);
  });

  test('is free in another profile, and for its own key with another token', async () => {
    const request = world.request(await world.token());
    await world.enroll(request);
    const output = await world.token({ profile: 'output-client' });
    expect((await world.enroll(world.request(output))).created).toBe(true);
    expect((await world.enroll({ ...request, token: await world.token() })).created).toBe(true);
  });

  test('that two keys claim at the same moment goes to one of them', async () => {
    const tokens = [await world.token(), await world.token()];
    const all = await Promise.allSettled(tokens.map((token) => world.enroll(world.request(token))));
    expect(all.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(world.recordsIn('ISSUED')).toBe(1);
    expect(world.recordsIn('RESERVED')).toBe(0);
  });

  test('other than the first time is refused for the same token and key', async () => {
    const request = world.request(await world.token({ maxUses: 2 }));
    await world.enroll(request);
    const error = await refusal(world.enroll({ ...request, name: 'host-2' }));
    expect(error).toMatchObject({ code: 'request_differs', errors: [{ pointer: '#/name' }] });
    expect(error.message).toContain('already have a certificate for "host-1"');
  });

  test('that is asked for twice is in the certificate once, and the same as asked for once', async () => {
    const token = await world.token({ names: { commonName: '*', dns: ['*.example.com'], ip: [] } as never });
    const request = world.request(token, { dnsNames: ['a.example.com', 'A.example.com'] });
    const first = await world.enroll(request);
    expect(first.record.dnsNames).toEqual(['a.example.com']);
    const again = await world.enroll({ ...request, dnsNames: ['a.example.com'] });
    expect(again.record.certificate).toEqual(first.record.certificate);
  });

  test('that is blocked is refused', async () => {
    const request = world.request(await world.token());
    world.store.tables.names.set('host-1' as never, {
      name: 'host-1' as never,
      version: 1,
      holders: [],
      blocked: ['agent'],
    });
    expect(await refusal(world.enroll(request))).toMatchObject({ code: 'name_blocked' });
  });
});

describe('a certificate that moved on', () => {
  test('revoked: says so with its serial number', async () => {
    const request = world.request(await world.token());
    const { record } = await world.enroll(request);
    world.store.tables.records.set(record.serialNumber, {
      ...record,
      state: 'REVOKED',
      revocation: sampleRevocation(),
    });
    const error = await refusal(world.enroll(request));
    expect(error.code).toBe('certificate_revoked');
    expect(error.message).toContain(record.serialNumber);
  });

  test('revoked while the request still waited for its signature: is not handed out', async () => {
    const request = world.request(await world.token());
    world.signer.interleave(async () => {
      world.pass(16);
      const { record } = await world.enroll(request);
      world.store.tables.records.set(record.serialNumber, {
        ...record,
        state: 'REVOKED',
        revocation: sampleRevocation(),
      });
    });
    expect((await refusal(world.enroll(request))).code).toBe('certificate_revoked');
  });

  test('expired: says so', async () => {
    const request = world.request(await world.token({ certificateLifetimeSeconds: 3600 }));
    await world.enroll(request);
    world.pass(3601);
    expect((await refusal(world.enroll(request))).code).toBe('certificate_expired');
  });
});
