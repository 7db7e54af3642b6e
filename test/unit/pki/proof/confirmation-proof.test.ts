import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fromDate } from '../../../../shared/domain/instant.ts';
import { KEY_KINDS, type KeyKind } from '../../../../shared/domain/key-kind.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { readConfirmationProof } from '../../../../shared/pki/proof/confirmation-proof.ts';
import type { SentProof } from '../../../../shared/pki/proof/proof.ts';
import { readRenewalProof } from '../../../../shared/pki/proof/renewal-proof.ts';
import { readRevocationProof } from '../../../../shared/pki/proof/revocation-proof.ts';
import { type MadeAuthority, makeAuthority, serial } from '../../../support/ca.ts';
import { makeCsr } from '../../../support/csr.ts';
import { certifiedHost, makeCms, makeJws, opensslCms } from '../../../support/proofs.ts';

let made: MadeAuthority;
beforeAll(async () => {
  made = await makeAuthority('ECC_NIST_P256', 'ECC_NIST_P256');
});

const PREDECESSOR = serial('c0');
const IAT = 1_795_857_600;
const AUD = 'https://pki.example.com';
const { privateKey } = generateKeyPairSync('ed25519');
const ED25519 = { privateKey, keyKind: 'ed25519' } as const;

function refusal(read: (sent: SentProof) => unknown, sent: SentProof): AppError {
  try {
    read(sent);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('a confirmation', () => {
  test.each<{ kind: KeyKind }>([{ kind: 'rsa' }, { kind: 'p256' }, { kind: 'p384' }, { kind: 'p521' }])(
    '$kind: by openssl cms, is proof of the key of the successor alone',
    async ({ kind }) => {
      const by = await certifiedHost(made, kind);
      const before = fromDate(new Date());
      const proof = readConfirmationProof({ cms: opensslCms(by, `${PREDECESSOR}\n`, '-md', 'sha512') });
      expect([proof.predecessor, proof.audience]).toEqual([PREDECESSOR, undefined]);
      expect(proof.signedAt).toBeGreaterThanOrEqual(before);
      expect(await proof.isMadeBy(by)).toBe(true);
      expect(await proof.isMadeBy(await certifiedHost(made, kind))).toBe(false);
    },
  );

  test.each(KEY_KINDS.map((kind) => ({ kind })))('$kind: in JWS, too', async ({ kind }) => {
    const by = await certifiedHost(made, kind);
    const jws = makeJws(by, { serialNumber: PREDECESSOR, iat: IAT, aud: AUD });
    const proof = readConfirmationProof({ jws });
    expect(proof).toMatchObject({ predecessor: PREDECESSOR, signedAt: IAT, audience: AUD });
    expect(await proof.isMadeBy(by)).toBe(true);
    expect(await proof.isMadeBy(await certifiedHost(made, kind))).toBe(false);
  });

  test('needs a signing time', () => {
    expect(refusal(readConfirmationProof, { cms: makeCms(privateKey, PREDECESSOR) }).message).toBe(
      'The CMS has no signing time among its signed attributes.',
    );
  });

  test.each([
    { name: 'no serial number', payload: { iat: IAT, aud: AUD } },
    { name: 'no time', payload: { serialNumber: PREDECESSOR, aud: AUD } },
    { name: 'no audience', payload: { serialNumber: PREDECESSOR, iat: IAT } },
    { name: 'a time as text', payload: { serialNumber: PREDECESSOR, iat: 'now', aud: AUD } },
    {
      name: 'a successor',
      payload: { serialNumber: PREDECESSOR, iat: IAT, aud: AUD, successor: serial('c1') },
    },
  ])('is not read in JWS with $name', ({ payload }) => {
    expect(refusal(readConfirmationProof, { jws: makeJws(ED25519, payload) })).toMatchObject({
      code: 'malformed_proof',
      message:
        'The payload of the JWS must be {"serialNumber":"<36 hex digits of the previous certificate>","iat":<seconds since 1970>,"aud":"<URL of this API>"}.',
      errors: [{ pointer: '#/jws' }],
    });
  });
});

/*
 * One table for all purposes: what one reader takes, the others refuse. The one text that two of them read is a CMS over a
 * serial number: its own key signs it to revoke, the key of the successor to confirm, and the two are never the same.
 */
describe('what a host signs for one purpose', () => {
  const csr = makeCsr({ kind: 'p256' });
  const READERS = {
    renew: readRenewalProof,
    confirm: readConfirmationProof,
    revoke: readRevocationProof,
  } as const;
  const header = { 'x5t#S256': Buffer.alloc(32).toString('base64url') };
  const STATEMENTS: readonly { form: string; sent: () => Promise<SentProof>; reads: readonly string[] }[] = [
    {
      form: 'CMS over a CSR',
      sent: async () => ({ cms: opensslCms(await certifiedHost(made, 'p256'), csr.der, '-md', 'sha256') }),
      reads: ['renew'],
    },
    {
      form: 'CMS over a serial number',
      sent: async () => ({
        cms: opensslCms(await certifiedHost(made, 'p256'), PREDECESSOR, '-md', 'sha256'),
      }),
      reads: ['confirm', 'revoke'],
    },
    {
      form: 'JWS with a CSR',
      sent: async () => ({ jws: makeJws(ED25519, { csr: csr.pem, iat: IAT, aud: AUD }, header) }),
      reads: ['renew'],
    },
    {
      form: 'JWS with a serial number',
      sent: async () => ({
        jws: makeJws(ED25519, { serialNumber: PREDECESSOR, iat: IAT, aud: AUD }, header),
      }),
      reads: ['confirm'],
    },
    {
      form: 'JWS with a serial number to revoke',
      sent: async () => ({
        jws: makeJws(ED25519, { serialNumber: PREDECESSOR, revoke: true, iat: IAT }, header),
      }),
      reads: ['revoke'],
    },
  ];

  test.each(STATEMENTS)('$form is read to $reads, and by no other reader', async ({ sent, reads }) => {
    const proof = await sent();
    const readBy = Object.entries(READERS).flatMap(([purpose, read]) => {
      try {
        read(proof);
        return [purpose];
      } catch (error) {
        expect(error).toMatchObject({ code: 'malformed_proof' });
        return [];
      }
    });
    expect(readBy).toEqual(reads);
  });
});
