import './environment.ts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { getRenewalHandler } from '../../../functions/get-renewal/handler.ts';
import { renewalAnswer } from '../../../functions/get-renewal/response.ts';
import type { CertificateState } from '../../../shared/domain/certificate-record.ts';
import { DAY, HOUR } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { toDecimal } from '../../../shared/domain/serial-number.ts';
import type { FakeStore } from '../../fakes/store.ts';
import { at, textAt } from '../../support/json.ts';
import { NOW, sampleRecord, sampleRevocation, serialNumber } from '../../support/records.ts';
import { issuingStore, putRecord } from './issuing-store.ts';
import { quietly } from './told.ts';

const record = sampleRecord({ state: 'ISSUED', issuedAt: NOW, certificate: Uint8Array.of(1) });
let store: FakeStore;
let now = NOW;
beforeEach(async () => {
  store = await issuingStore(record);
  now = NOW;
});

const get = (serial: string) =>
  quietly(getRenewalHandler({ store, clock: () => now }), {
    method: 'GET',
    route: '/renewal/{serial}',
    path: { serial },
    principal: null,
  });

describe('GET /v1/renewal/{serial}', () => {
  test.each([
    { name: 'hex', serial: record.serialNumber },
    { name: 'decimal', serial: toDecimal(record.serialNumber) },
  ])('by $name: the window, and when to ask again', async ({ serial }) => {
    const { status, json, headers } = await get(serial);
    expect(status).toBe(200);
    expect(renewalAnswer.parse(json)).toEqual(json);
    expect(json).toMatchObject({ serialNumber: record.serialNumber, retryAfter: 6 * HOUR });
    const [start, end] = [textAt(json, 'suggestedWindow.start'), textAt(json, 'suggestedWindow.end')];
    expect([start, end].map((time) => /^2026-12-1[3-8]T\d\d:\d\d:\d\dZ$/.test(time))).toEqual([true, true]);
    expect(headers).toMatchObject({ 'cache-control': 'private, max-age=21600', 'retry-after': '21600' });
  });

  test('in its window: in an hour, in header and body alike', async () => {
    now = plus(NOW, 26 * DAY);
    const { json, headers } = await get(record.serialNumber);
    expect(at(json, 'retryAfter')).toBe(HOUR);
    expect(headers).toMatchObject({ 'cache-control': 'private, max-age=3600', 'retry-after': '3600' });
  });

  test('what an administrator replaces moves forward at once', async () => {
    const before = await get(record.serialNumber);
    store.tables.replacements.set('A1b2C3d4E5f6G7h8', {
      id: 'A1b2C3d4E5f6G7h8',
      selector: { profile: 'agent' },
      createdAt: plus(NOW, DAY),
      createdBy: 'arn:aws:iam::111122223333:role/ca-admin',
      by: plus(NOW, 3 * DAY),
      certificates: 1,
    });
    const after = await get(record.serialNumber);
    expect(textAt(after.json, 'suggestedWindow.start') < '2026-11-26').toBe(true);
    expect(textAt(before.json, 'suggestedWindow.start') > '2026-12-13').toBe(true);
    expect(textAt(after.json, 'explanation')).toContain('An administrator replaces this certificate');
    expect(after.body).not.toContain('arn:');
  });

  test.each<{ name: string; state: CertificateState; status: number; code: string }>([
    { name: 'is revoked', state: 'REVOKED', status: 409, code: 'certificate_revoked' },
    { name: 'was given up', state: 'VOID', status: 409, code: 'certificate_revoked' },
    { name: 'is not signed yet', state: 'RESERVED', status: 404, code: 'not_found' },
  ])('a certificate that $name: $status', async ({ state, status, code }) => {
    putRecord(store, { ...record, state, revocation: sampleRevocation() });
    const answer = await get(record.serialNumber);
    expect(answer).toMatchObject({ status, json: { code }, headers: { 'cache-control': 'no-store' } });
  });

  test('an unknown serial number: 404, and nothing about administrators', async () => {
    const { status, json } = await get(serialNumber());
    expect(status).toBe(404);
    expect(at(json, 'detail')).toBe('No certificate has this serial number.');
  });
});
