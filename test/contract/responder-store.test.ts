import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { plus } from '../../shared/domain/instant.ts';
import type { Responder } from '../../shared/domain/responder.ts';
import { NOW, serialNumber, sha256Hex } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const CERTIFICATE = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05);
const OTHER = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x06);

function sample(changes: Partial<Responder> = {}): Responder {
  return {
    caId: 'issuer-1',
    sequence: 1,
    state: 'RESERVED',
    serialNumber: serialNumber(),
    validity: { notBefore: plus(NOW, -3600), notAfter: plus(NOW, 2_592_000) },
    publicKey: Uint8Array.from(randomBytes(91)),
    keySpec: 'ECC_NIST_P256',
    caHashes: {
      sha1: { nameHash: 'aa'.repeat(20), keyHash: 'bb'.repeat(20) },
      sha256: { nameHash: 'cc'.repeat(32), keyHash: 'dd'.repeat(32) },
    },
    tbsSha256: sha256Hex(randomBytes(32)),
    createdAt: NOW,
    ...changes,
  };
}

describe.each(STORES)('certificates of responders, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeEach(async () => {
    subject = await start();
  });

  test('at first there is none', async () => {
    expect(await subject.ports.responders('issuer-1')).toEqual([]);
  });

  test('they are read back as they were, those of one CA, newest first, the last three', async () => {
    const row = [1, 2, 3, 4].map((sequence) => sample({ sequence }));
    for (const responder of row) await subject.ports.reserveResponder(responder);
    await subject.ports.reserveResponder(sample({ caId: 'issuer-10', sequence: 9 }));
    expect(await subject.ports.responders('issuer-1')).toEqual(row.toReversed().slice(0, 3));
  });

  test('of 20 that reserve the same number at once, all get the same', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => subject.ports.reserveResponder(sample())),
    );
    expect(new Set(answers.map((one) => one.serialNumber)).size).toBe(1);
  });

  test('the first certificate stays', async () => {
    const responder = await subject.ports.reserveResponder(sample());
    const issued = { ...responder, state: 'ISSUED', certificate: CERTIFICATE };
    expect(await subject.ports.commitResponder(responder, CERTIFICATE)).toEqual(issued);
    expect(await subject.ports.commitResponder(responder, OTHER)).toEqual(issued);
    expect(await subject.ports.responders('issuer-1')).toEqual([issued]);
  });

  test('one that was never reserved is an error that says so', async () => {
    await expect(subject.ports.commitResponder(sample(), CERTIFICATE)).rejects.toMatchObject({
      code: 'internal',
      message: '000001 is not recorded; reserve it first',
    });
  });
});
