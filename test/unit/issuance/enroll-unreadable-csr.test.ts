import { beforeEach, describe, expect, test } from '@jest/globals';
import { plus } from '../../../shared/domain/instant.ts';
import type { Cidr } from '../../../shared/domain/ip-network.ts';
import { NULL, objectIdentifier, sequence, setOfOne } from '../../../shared/pki/der/write.ts';
import { makeCsr } from '../../support/csr.ts';
import { NOW } from '../../support/records.ts';
import { refusal, World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create();
});

const attribute = sequence(objectIdentifier('1.2.3'), setOfOne(NULL));
const CSRS = [
  { name: 'words', csr: 'please', code: 'malformed_csr' },
  { name: 'what is too long', csr: 'A'.repeat(9000), code: 'malformed_csr' },
  { name: 'an unknown attribute', csr: makeCsr({ attributes: [attribute] }).pem, code: 'csr_refused' },
  { name: 'a short key', csr: makeCsr({ kind: 'rsa', rsaBits: 1024 }).pem, code: 'key_refused' },
  { name: 'another common name', csr: makeCsr({ commonName: 'host-2' }).pem, code: 'csr_refused' },
];

describe.each(CSRS)(
  'nothing about the CSR is told to a caller without a good token: $name',
  ({ csr, code }) => {
    test.each([
      { name: 'an unknown token', token: async () => `fst_${'a'.repeat(16)}_${'b'.repeat(43)}` },
      {
        name: 'a wrong secret',
        token: async () => `${(await world.token()).slice(0, -43)}${'x'.repeat(43)}`,
      },
      { name: 'an expired token', token: () => world.token({ expiresAt: plus(NOW, -1) }) },
      { name: 'a revoked token', token: () => world.token({ revokedAt: NOW }) },
    ])('$name', async ({ token }) => {
      const request = world.request(await token(), { csr });
      const calls = world.store.calls.length;
      expect((await refusal(world.enroll(request))).code).toBe('token_rejected');
      expect(world.store.calls.slice(calls)).toEqual(['readForEnrollment']);
    });

    test('a token of another network', async () => {
      const token = await world.token({ bind: { sourceCidr: ['203.0.113.0/24' as Cidr] } });
      expect((await refusal(world.enroll(world.request(token, { csr })))).code).toBe('source_not_allowed');
    });

    test('with a good token it is told, after one round trip', async () => {
      const token = await world.token();
      const request = world.request(token, { csr });
      const calls = world.store.calls.length;
      const error = await refusal(world.enroll(request));
      expect(error).toMatchObject({ code, internal: { tokenId: token.split('_')[1], name: 'host-1' } });
      expect(world.store.calls.slice(calls)).toEqual(['readForEnrollment']);
    });
  },
);
