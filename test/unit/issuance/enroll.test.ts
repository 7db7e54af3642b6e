import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { makeCsr } from '../../support/csr.ts';
import { NOW, sha256Hex } from '../../support/records.ts';
import { refusal, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});

describe('an enrollment', () => {
  test('issues a certificate for the key of the CSR, with the names of the request', async () => {
    const { pem, publicKey } = makeCsr({ kind: 'p256', commonName: 'host-1' });
    const { record, created, issuer } = await world.enroll(world.request(await world.token(), { csr: pem }));
    const certificate = new X509Certificate(record.certificate);
    expect(created).toBe(true);
    expect(certificate.subject).toBe('CN=host-1');
    expect(certificate.subjectAltName).toBe('URI:spiffe://test/agent/host-1');
    expect(certificate.serialNumber.toLowerCase()).toBe(record.serialNumber);
    expect(certificate.publicKey.export({ type: 'spki', format: 'der' }).equals(publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(issuer.certificate).publicKey)).toBe(true);
  });

  test('reads once, reserves, signs once and commits: nothing more', async () => {
    const token = await world.token();
    const [before, signatures] = [world.store.calls.length, world.signer.signatures];
    await world.enroll(world.request(token));
    expect(world.store.calls.slice(before)).toEqual(['readForEnrollment', 'reserve', 'commit']);
    expect(world.signer.signatures - signatures).toBe(1);
  });

  test('records everything that determines the bytes, and their hash, before it signs', async () => {
    const token = await world.token();
    let recorded: unknown;
    world.signer.interleave(() => {
      recorded = [...world.store.tables.records.values()][0];
    });
    const { record } = await world.enroll(world.request(token));
    const { tbsSha256, serialNumber, validity } = record;
    expect(recorded).toMatchObject({ state: 'RESERVED', tbsSha256, serialNumber, validity, name: 'host-1' });
    expect(recorded).not.toHaveProperty('certificate');
  });

  test('starts its validity 5 minutes back and gives it the life that the token says', async () => {
    const { record } = await world.enroll(
      world.request(await world.token({ certificateLifetimeSeconds: 7 * DAY })),
    );
    expect(record.validity).toEqual({ notBefore: plus(NOW, -300), notAfter: plus(NOW, 7 * DAY) });
  });

  test('records where its revocation is looked up: the shard that its serial number and its issuer give', async () => {
    const { record } = await world.enroll(world.request(await world.token()));
    const { serialNumber, revocationUrl, crlShard } = record;
    expect(revocationUrl).toBe('http://revocation.example.com');
    expect(crlShard).toBe(Number.parseInt(serialNumber.slice(-4), 16) % 8);
    expect(Buffer.from(record.certificate).toString('latin1')).toContain(
      `${revocationUrl}/crl/issuer-1/${crlShard}.crl`,
    );
  });

  test('repeated with the same token and key answers the same bytes, also when the token is spent and expired', async () => {
    const request = world.request(await world.token());
    const first = await world.enroll(request);
    world.pass(2 * DAY);
    const again = await world.enroll({ ...request, requestId: 'another' });
    expect(again.created).toBe(false);
    expect(again.record.certificate).toEqual(first.record.certificate);
    expect(await world.uses(request.token)).toBe(1);
    expect(world.signer.signatures).toBe(3); // root, issuer, leaf
  });

  test('is still answered 7 days after the end of its token, and not a second later', async () => {
    const request = world.request(await world.token({ expiresAt: plus(NOW, DAY) }));
    await world.enroll(request);
    world.pass(8 * DAY);
    expect((await world.enroll(request)).record.state).toBe('ISSUED');
    world.pass(1);
    expect((await refusal(world.enroll(request))).code).toBe('token_rejected');
  });
});

describe('fifty at once', () => {
  test('with one token and key cause one certificate, one use and one signature', async () => {
    const request = world.request(await world.token());
    const before = world.signer.signatures;
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, i) => world.enroll({ ...request, requestId: `r${i}` })),
    );
    expect(new Set(all.map(({ record }) => record.serialNumber)).size).toBe(1);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(await world.uses(request.token)).toBe(1);
    expect(world.signer.signatures - before).toBe(1);
  });

  test('under one request id, which callers may choose (x-amzn-RequestId), still cause one signature', async () => {
    const request = world.request(await world.token());
    const before = world.signer.signatures;
    const all = await Promise.all(Array.from({ length: 50 }, () => world.enroll(request)));
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(world.signer.signatures - before).toBe(1);
  });

  test('with fifty keys on a token of ten uses yield exactly ten', async () => {
    const token = await world.token({ maxUses: 10 });
    const requests = Array.from({ length: 50 }, (_, i) => world.request(token, { name: `host-${i}` }));
    const all = await Promise.allSettled(requests.map((request) => world.enroll(request)));
    const refused = all.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(refused).toEqual(Array(40).fill('token_rejected'));
    expect(world.recordsIn('ISSUED')).toBe(10);
    expect(await world.uses(token)).toBe(10);
  });

  test('a token of many uses is spent to the last one, wherever its counters stand', async () => {
    const token = await world.token({ maxUses: 40 });
    for (let i = 0; i < 40; i++) await world.enroll(world.request(token, { name: `host-${i}` }));
    expect(await world.uses(token)).toBe(40);
    const error = await refusal(world.enroll(world.request(token, { name: 'host-x' })));
    expect(error).toMatchObject({ code: 'token_rejected', internal: { refusedAs: 'spent' } });
  });
});

describe('a key', () => {
  test('that was reported as compromised is refused', async () => {
    const { pem, publicKey } = makeCsr({ kind: 'p256' });
    await world.store.blockKey({ publicKeySha256: sha256Hex(publicKey), at: NOW, by: 'admin' });
    const error = await refusal(world.enroll(world.request(await world.token(), { csr: pem })));
    expect(error).toMatchObject({ code: 'key_refused', errors: [{ pointer: '#/csr' }] });
  });
});

describe('the deployment that came with an enrollment', () => {
  const saying = (deployment: string | undefined) => ({ accept: () => ({ deployment }) });
  const recorded = () => [...world.store.tables.records.values()].map(({ hostDeployment }) => hostDeployment);

  test('is recorded by the commit, without another call', async () => {
    const request = world.request(await world.token(), saying('one'));
    const before = world.store.calls.length;
    const { record } = await world.enroll(request);
    expect(world.store.calls.slice(before)).toEqual(['readForEnrollment', 'reserve', 'commit']);
    expect([record.hostDeployment, ...recorded()]).toEqual(['one', 'one']);
  });

  test.each([
    { name: 'the same', said: 'one', calls: [], last: 'one' },
    { name: 'another', said: 'two', calls: ['recordHostDeployment'], last: 'two' },
    { name: 'none', said: undefined, calls: [], last: 'one' },
  ])('said again as $name: $last is the last', async ({ said, calls, last }) => {
    const request = world.request(await world.token(), saying('one'));
    const first = await world.enroll(request);
    const before = world.store.calls.length;
    const again = await world.enroll({ ...request, ...saying(said) });
    expect(world.store.calls.slice(before)).toEqual(['readForEnrollment', 'certificate', ...calls]);
    expect(again.record.certificate).toEqual(first.record.certificate);
    expect(again).not.toHaveProperty('unrecorded');
    expect(recorded()).toEqual([last]);
  });

  test('is recorded later, too, where the first request had none', async () => {
    const request = world.request(await world.token());
    await world.enroll(request);
    await world.enroll({ ...request, ...saying('one') });
    expect(recorded()).toEqual(['one']);
  });

  test.each([{ when: 'before' as const }, { when: 'after' as const }])(
    'costs nobody the certificate where recording it fails $when it is done',
    async ({ when }) => {
      const request = world.request(await world.token(), saying('one'));
      const first = await world.enroll(request);
      const error = new Error('DynamoDB is away');
      world.store.failNext('recordHostDeployment', { error, when });
      const again = await world.enroll({ ...request, ...saying('two') });
      expect(again).toMatchObject({ created: false, record: { certificate: first.record.certificate } });
      expect(again.unrecorded).toBe(error);
      expect((await world.enroll({ ...request, ...saying('two') })).unrecorded).toBeUndefined();
      expect(recorded()).toEqual(['two']);
    },
  );

  test('of a twin is recorded after the one that signed, and both get the one certificate', async () => {
    const request = world.request(await world.token());
    const twins = ['one', 'two'].map((said) => world.enroll({ ...request, ...saying(said) }));
    const [one, two] = await Promise.all(twins);
    expect(one?.record.certificate).toEqual(two?.record.certificate);
    expect(recorded()).toEqual([one?.created ? 'two' : 'one']);
  });

  test('is not recorded where it was refused, or where the certificate is revoked', async () => {
    const request = world.request(await world.token(), saying('one'));
    const { record } = await world.enroll(request);
    const refuse = () => {
      throw new AppError('deployment_refused', 'no');
    };
    expect((await refusal(world.enroll({ ...request, accept: refuse }))).code).toBe('deployment_refused');
    const { certificate } = record;
    world.store.tables.records.set(record.serialNumber, { ...record, state: 'REVOKED', certificate });
    const late = world.enroll({ ...request, ...saying('two') });
    expect((await refusal(late)).code).toBe('certificate_revoked');
    expect(recorded()).toEqual(['one']);
  });
});
