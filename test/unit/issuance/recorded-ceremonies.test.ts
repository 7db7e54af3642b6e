import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../shared/domain/instant.ts';
import { type CaSigner, SigningError } from '../../../shared/issuance/ports.ts';
import { recordedCeremonies } from '../../../shared/issuance/recorded-ceremonies.ts';
import { fakeStore } from '../../fakes/store.ts';
import { NOW, sampleIssuer, sampleRoot } from '../../support/records.ts';

const ROOT = sampleRoot();
const ISSUER = sampleIssuer();
const DIGEST = Uint8Array.of(0xab, 0xcd);
const USE = { purpose: 'certificate of issuer-2', by: 'arn:aws:iam::111122223333:role/ca-admin' };
const ATTEMPT = { at: NOW, outcome: 'ok', requestId: 'kms-1' };

function world(sign: CaSigner['sign'] = async () => ({ signature: Uint8Array.of(1), attempts: [ATTEMPT] })) {
  const store = fakeStore();
  store.tables.roots.set(ROOT.id, ROOT);
  store.tables.issuers.set(ISSUER.id, ISSUER);
  const unrecorded: unknown[] = [];
  const used: string[] = [];
  const signer = recordedCeremonies(
    {
      sign: (key, digest, use) => {
        used.push(key.keyArn);
        return sign(key, digest, use);
      },
      publicKey: async () => Uint8Array.of(),
    },
    {
      authority: store,
      ceremonies: store,
      clock: () => instant(NOW),
      onUnrecorded: (error) => void unrecorded.push(error),
    },
  );
  return { store, signer, used, unrecorded };
}

const recorded = { rootId: 'root-1', keyArn: ROOT.keyArn, at: NOW, digest: 'abcd', ...USE };

describe('a use of a root', () => {
  test('is recorded with who, when, what for and the request id of KMS', async () => {
    const { store, signer } = world();
    expect((await signer.sign(ROOT, DIGEST, USE)).signature).toEqual(Uint8Array.of(1));
    expect(await store.lastCeremonies(9)).toEqual([
      { ...recorded, outcome: 'signed', kmsRequestIds: ['kms-1'] },
    ]);
  });

  test('is recorded before KMS is asked', async () => {
    const { store, signer } = world(async () => {
      expect(await store.lastCeremonies(9)).toEqual([recorded]);
      return { signature: Uint8Array.of(1), attempts: [] };
    });
    await signer.sign(ROOT, DIGEST, USE);
    expect.assertions(1);
  });

  test('that cannot be recorded signs nothing', async () => {
    const { store, signer, used } = world();
    store.failNext('begin', { error: new Error('throttled'), when: 'before' });
    await expect(signer.sign(ROOT, DIGEST, USE)).rejects.toThrow('throttled');
    expect(used).toEqual([]);
  });

  test('that failed says so, with the requests that KMS got', async () => {
    const error = new SigningError(
      'disabled',
      [{ ...ATTEMPT, outcome: 'DisabledException' }],
      false,
      undefined,
    );
    const { store, signer } = world(async () => {
      throw error;
    });
    await expect(signer.sign(ROOT, DIGEST, USE)).rejects.toBe(error);
    expect(await store.lastCeremonies(9)).toEqual([
      { ...recorded, outcome: 'failed', kmsRequestIds: ['kms-1'] },
    ]);
  });

  test('counts where its end cannot be recorded: it is not repeated, and the log has the reason', async () => {
    const { store, signer, used, unrecorded } = world();
    store.failNext('end', { error: new Error('throttled'), when: 'before' });
    await signer.sign(ROOT, DIGEST, USE);
    expect(used).toEqual([ROOT.keyArn]);
    expect(unrecorded).toEqual([new Error('throttled')]);
    expect(await store.lastCeremonies(9)).toEqual([recorded]);
  });
});

test('a signature of an issuer is none of a root', async () => {
  const { store, signer, used } = world();
  await signer.sign(ISSUER, DIGEST, USE);
  expect(used).toEqual([ISSUER.keyArn]);
  expect(await store.lastCeremonies(9)).toEqual([]);
});
