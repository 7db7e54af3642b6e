import { beforeEach, describe, expect, test } from '@jest/globals';
import { plus } from '../../../shared/domain/instant.ts';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import { makeCsr } from '../../support/csr.ts';
import { NOW, sha256Hex } from '../../support/records.ts';
import { refusal, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});

describe('a token', () => {
  const looksAlike =
    'The bootstrap token is not valid: it may be mistyped, expired, spent or revoked. Ask an administrator for a new one (POST /v1/tokens).';

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
