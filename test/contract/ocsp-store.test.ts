import { beforeAll, describe, expect, test } from '@jest/globals';
import { plus } from '../../shared/domain/instant.ts';
import type { OcspStatus, StoredResponse } from '../../shared/domain/ocsp.ts';
import type { SerialNumber } from '../../shared/domain/serial-number.ts';
import { NOW, sampleReservation, sampleRevocation, sampleToken, serialNumber } from '../support/records.ts';
import { STORES, type StoreSubject } from './store-subjects.ts';

const UNTIL = plus(NOW, 10);
const AFTER = plus(NOW, 11);
const GOOD: OcspStatus = { state: 'good' };
const REVOKED: OcspStatus = { state: 'revoked', revokedAt: NOW, reason: 'keyCompromise' };

function response(octet: number, changes: Partial<StoredResponse> = {}): StoredResponse {
  return {
    status: GOOD,
    thisUpdate: NOW,
    nextUpdate: plus(NOW, 86_400),
    der: Uint8Array.of(0x30, 1, octet),
    ...changes,
  };
}

describe.each(STORES)('stored OCSP responses, on $name', ({ start }) => {
  let subject: StoreSubject;
  beforeAll(async () => {
    subject = await start();
  });

  const lease = (owner: string, changes: object = {}) =>
    ({ owner, until: UNTIL, hash: 'sha1', seen: undefined, ...changes }) as const;
  const take = (serial: SerialNumber, owner: string, now = NOW, changes: object = {}) =>
    subject.ports.takeOcspLease(serial, lease(owner, changes), now);
  const store = (
    serial: SerialNumber,
    owner: string,
    stored: StoredResponse,
    hash: 'sha1' | 'sha256' = 'sha1',
  ) => subject.ports.storeResponse(serial, { owner, hash, response: stored }, NOW);
  const read = (serial: SerialNumber, hash: 'sha1' | 'sha256' = 'sha1') =>
    subject.ports.readForOcsp(serial, hash);

  async function issued() {
    const token = sampleToken();
    await subject.ports.createToken(token);
    const { record } = sampleReservation(token);
    await subject.ports.reserve(sampleReservation(token, record), NOW);
    await subject.ports.commit(record, {
      certificate: Uint8Array.of(0x30, 0),
      issuedAt: NOW,
      attempts: [],
    });
    return { ...record, state: 'ISSUED' } as const;
  }

  test('of nothing that is recorded there is nothing', async () => {
    expect(await read(serialNumber())).toEqual({
      record: undefined,
      stored: undefined,
      leasedUntil: undefined,
    });
  });

  test('what is recorded of a certificate is read with its response', async () => {
    const { serialNumber: serial, issuerId, validity } = await issued();
    const record = { issuerId, state: 'ISSUED', notAfter: validity.notAfter };
    expect(await read(serial)).toEqual({ record, stored: undefined, leasedUntil: undefined });
    expect(await take(serial, 'a')).toBe(true);
    expect(await read(serial)).toEqual({ record, stored: undefined, leasedUntil: UNTIL });
    expect(await store(serial, 'a', response(1))).toBe(true);
    expect(await read(serial)).toEqual({ record, stored: response(1), leasedUntil: undefined });
  });

  test.each([{ status: GOOD }, { status: REVOKED }])(
    'a response is read as it was stored: $status.state',
    async ({ status }) => {
      const serial = serialNumber();
      await take(serial, 'a');
      await store(serial, 'a', response(1, { status }));
      expect((await read(serial)).stored).toEqual(response(1, { status }));
    },
  );

  test('a lease has one owner, until it is over', async () => {
    const serial = serialNumber();
    expect(await take(serial, 'a')).toBe(true);
    expect(await take(serial, 'b')).toBe(false);
    expect(await take(serial, 'b', UNTIL)).toBe(false);
    expect(await take(serial, 'b', AFTER, { until: plus(AFTER, 10) })).toBe(true);
    expect(await store(serial, 'a', response(1))).toBe(false);
    expect(await store(serial, 'b', response(2))).toBe(true);
    expect((await read(serial)).stored).toEqual(response(2));
  });

  test('of 20 that take the lease at once, one gets it', async () => {
    const serial = serialNumber();
    const taken = await Promise.all(Array.from({ length: 20 }, (_, owner) => take(serial, `owner-${owner}`)));
    expect(taken.filter((one) => one)).toHaveLength(1);
  });

  test('who has not seen the response that is there does not get the lease', async () => {
    const serial = serialNumber();
    await take(serial, 'a');
    await store(serial, 'a', response(1));
    expect(await take(serial, 'b', AFTER)).toBe(false);
    expect(await take(serial, 'b', AFTER, { seen: plus(NOW, -5) })).toBe(false);
    expect(await take(serial, 'b', AFTER, { seen: NOW, until: plus(AFTER, 10) })).toBe(true);
  });

  test('the hashes have a response each, and one lease', async () => {
    const serial = serialNumber();
    await take(serial, 'a');
    expect(await take(serial, 'b', NOW, { hash: 'sha256' })).toBe(false);
    await store(serial, 'a', response(1));
    expect(await take(serial, 'b', NOW, { hash: 'sha256' })).toBe(true);
    await store(serial, 'b', response(2), 'sha256');
    expect((await read(serial)).stored).toEqual(response(1));
    expect((await read(serial, 'sha256')).stored).toEqual(response(2));
  });

  test('a revocation takes the response and the lease away: what is signed meanwhile is not stored', async () => {
    const record = await issued();
    const { serialNumber: serial } = record;
    await take(serial, 'a');
    await store(serial, 'a', response(1));
    await take(serial, 'b', AFTER, { seen: NOW, until: plus(AFTER, 10) });
    const revocation = sampleRevocation({ revokedAt: AFTER, reason: 'superseded' });
    expect(await subject.ports.revoke(record, revocation, { exclusive: [] })).toBe('revoked');
    expect(await store(serial, 'b', response(2))).toBe(false);
    expect(await read(serial)).toEqual({
      record: {
        issuerId: 'issuer-1',
        state: 'REVOKED',
        notAfter: record.validity.notAfter,
        revocation: { revokedAt: AFTER, reason: 'superseded' },
      },
      stored: undefined,
      leasedUntil: undefined,
    });
  });
});
