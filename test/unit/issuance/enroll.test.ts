import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import type { Cidr } from '../../../shared/domain/ip-address.ts';
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
    expect(certificate.subjectAltName).toBe('URI:urn:fleetseal:test:agent:host-1');
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
    const { record } = await world.enroll(world.request(await world.token({ certificateLifetime: 7 * DAY })));
    expect(record.validity).toEqual({ notBefore: plus(NOW, -300), notAfter: plus(NOW, 7 * DAY) });
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

describe('a token', () => {
  const looksAlike =
    'The bootstrap token is not valid: it may be mistyped, expired, spent or revoked. Ask for a new one (POST /v1/tokens).';

  test.each<{ name: string; reason: string; arrange: () => Promise<string> }>([
    { name: 'of another form', reason: 'malformed', arrange: async () => 'fst_x' },
    {
      name: 'that is unknown',
      reason: 'unknown',
      arrange: async () => `fst_${'a'.repeat(16)}_${'b'.repeat(43)}`,
    },
    {
      name: 'with a wrong secret',
      reason: 'secret',
      arrange: async () => `${(await world.token()).slice(0, -43)}${'x'.repeat(43)}`,
    },
    { name: 'that is revoked', reason: 'revoked', arrange: () => world.token({ revokedAt: NOW }) },
    { name: 'that has expired', reason: 'expired', arrange: () => world.token({ expiresAt: plus(NOW, -1) }) },
    {
      name: 'that is spent',
      reason: 'spent',
      arrange: async () => {
        const token = await world.token();
        await world.enroll(world.request(token, { name: 'host-other' }));
        return token;
      },
    },
  ])('$name is refused in the same words; the log knows why', async ({ reason, arrange }) => {
    const token = await arrange();
    const error = await refusal(world.enroll(world.request(token)));
    expect(error).toMatchObject({
      code: 'token_rejected',
      message: looksAlike,
      internal: expect.objectContaining({ refusedAs: reason }),
    });
  });

  test('that was revoked does not even answer its own certificate again', async () => {
    const request = world.request(await world.token());
    await world.enroll(request);
    await world.store.revokeToken(request.token.split('_')[1] ?? '', NOW);
    expect((await refusal(world.enroll(request))).internal).toMatchObject({ refusedAs: 'revoked' });
  });

  test('that expires between reading and reserving is refused, and the log does not call it revoked', async () => {
    const token = await world.token({ expiresAt: NOW });
    const { reserve } = world.store;
    world.store.reserve = (reservation) => {
      world.pass(1);
      return reserve(reservation, world.now);
    };
    const error = await refusal(world.enroll(world.request(token)));
    expect(error).toMatchObject({
      code: 'token_rejected',
      internal: expect.objectContaining({ refusedAs: 'expired' }),
    });
  });

  test('that is revoked between reading and reserving is refused', async () => {
    const token = await world.token();
    world.store.interleave('reserve', () => world.store.revokeToken(token.split('_')[1] ?? '', NOW));
    expect((await refusal(world.enroll(world.request(token)))).code).toBe('token_rejected');
    expect(world.store.tables.records.size).toBe(0);
  });

  test('bound to networks is refused from elsewhere, saying from where', async () => {
    const token = await world.token({ bind: { sourceCidr: ['203.0.113.0/24' as Cidr] } });
    const error = await refusal(world.enroll(world.request(token)));
    expect(error).toMatchObject({ code: 'source_not_allowed' });
    expect(error.message).toContain(
      'may only be used from 203.0.113.0/24; the request came from 198.51.100.7',
    );
    expect((await world.enroll(world.request(token, { sourceIp: '203.0.113.9' }))).created).toBe(true);
  });

  test('bound to a CSR is refused with another', async () => {
    const bound = makeCsr({ kind: 'p256' });
    const token = await world.token({ bind: { csrSha256: sha256Hex(bound.der), sourceCidr: [] } });
    const error = await refusal(world.enroll(world.request(token)));
    expect(error).toMatchObject({ code: 'csr_refused', errors: [{ pointer: '#/csr' }] });
    expect((await world.enroll(world.request(token, { csr: bound.pem }))).created).toBe(true);
  });
});

describe('a name', () => {
  test('that another key holds is refused, until its certificate expires', async () => {
    await world.enroll(world.request(await world.token({ certificateLifetime: DAY })));
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
    world.store.tables.records.set(record.serialNumber, { ...record, state: 'REVOKED', revokedAt: NOW });
    const error = await refusal(world.enroll(request));
    expect(error.code).toBe('certificate_revoked');
    expect(error.message).toContain(record.serialNumber);
  });

  test('revoked while the request still waited for its signature: is not handed out', async () => {
    const request = world.request(await world.token());
    world.signer.interleave(async () => {
      world.pass(16);
      const { record } = await world.enroll(request);
      world.store.tables.records.set(record.serialNumber, { ...record, state: 'REVOKED', revokedAt: NOW });
    });
    expect((await refusal(world.enroll(request))).code).toBe('certificate_revoked');
  });

  test('expired: says so', async () => {
    const request = world.request(await world.token({ certificateLifetime: 3600 }));
    await world.enroll(request);
    world.pass(3601);
    expect((await refusal(world.enroll(request))).code).toBe('certificate_expired');
  });
});

describe('a key', () => {
  test('that was reported as compromised is refused', async () => {
    const { pem, publicKey } = makeCsr({ kind: 'p256' });
    world.store.tables.blockedKeys.add(sha256Hex(publicKey));
    const error = await refusal(world.enroll(world.request(await world.token(), { csr: pem })));
    expect(error).toMatchObject({ code: 'key_refused', errors: [{ pointer: '#/csr' }] });
  });
});

describe('the deployment that came with an enrollment', () => {
  const saying = (deployment: string | undefined) => ({ accept: () => deployment });
  const recorded = () => [...world.store.tables.records.values()].map(({ deployment }) => deployment);

  test('is recorded by the commit, without another call', async () => {
    const request = world.request(await world.token(), saying('one'));
    const before = world.store.calls.length;
    const { record } = await world.enroll(request);
    expect(world.store.calls.slice(before)).toEqual(['readForEnrollment', 'reserve', 'commit']);
    expect([record.deployment, ...recorded()]).toEqual(['one', 'one']);
  });

  test.each([
    { name: 'the same', said: 'one', calls: [], last: 'one' },
    { name: 'another', said: 'two', calls: ['recordDeployment'], last: 'two' },
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
      world.store.failNext('recordDeployment', { error, when });
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
