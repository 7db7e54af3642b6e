import './environment.ts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { blockKeyHandler } from '../../../functions/block-key/handler.ts';
import { blockNameHandler } from '../../../functions/block-name/handler.ts';
import { getCertificateHistoryHandler } from '../../../functions/get-certificate-history/handler.ts';
import { historyAnswer } from '../../../functions/get-certificate-history/response.ts';
import { listBlocksHandler } from '../../../functions/list-blocks/handler.ts';
import { listBlocksAnswer } from '../../../functions/list-blocks/response.ts';
import { revokeCertificatesHandler } from '../../../functions/revoke-certificates/handler.ts';
import { revocationAnswer } from '../../../functions/revoke-certificates/response.ts';
import { unblockNameHandler } from '../../../functions/unblock-name/handler.ts';
import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { toDecimal } from '../../../shared/domain/serial-number.ts';
import { fakeArchive } from '../../fakes/archive.ts';
import { type FakeStore, fakeStore } from '../../fakes/store.ts';
import { at } from '../../support/json.ts';
import {
  commonName,
  NOW,
  sampleRecord,
  sampleReservation,
  sampleToken,
  serialNumber,
} from '../../support/records.ts';
import { ADMIN, type Answer } from '../http/gateway.ts';
import { quietly, told } from './told.ts';

let store: FakeStore;
let now = NOW;
beforeEach(() => {
  store = fakeStore();
  now = NOW;
});

const SETTINGS = {
  revocationUrl: 'http://pki.example.com',
  cacheSeconds: 60,
  listLifetimeSeconds: 3 * DAY,
  ocspLifetimeSeconds: DAY,
  kibanaUrl: '',
};

const deps = () => ({
  ledger: store,
  listing: store,
  tokens: store,
  clock: () => now,
  random: (length: number) => new Uint8Array(length),
  pause: async () => undefined,
  settings: SETTINGS,
});

const post = (route: string, path: Record<string, string> | undefined, body: unknown): Promise<Answer> =>
  quietly(revokeCertificatesHandler(deps()), { route, body, ...(path ? { path } : {}) });
const revoke = (serial: string, body: unknown = {}) =>
  post('/certificates/{serial}/revoke', { serial }, body);
const revokeName = (profile: string, name: string, body: unknown = {}) =>
  post('/names/{profile}/{name}/revoke', { profile, name }, body);
const revokeToken = (id: string, body: unknown = { certificates: true }) =>
  post('/tokens/{id}/revoke', { id }, body);
const revokeMany = (body: unknown) => post('/certificates/revoke', undefined, body);

async function issued(changes: Partial<CertificateRecord> = {}): Promise<CertificateRecord> {
  const token = sampleToken();
  await store.createToken(token);
  const { record, ...rest } = sampleReservation(token, changes);
  await store.reserve({ ...rest, record }, NOW);
  const certificate = Uint8Array.of(0x30, 0);
  return (await store.commit(record, { certificate, issuedAt: NOW, attempts: [] })) ?? record;
}

const colons = (serial: string) => serial.replaceAll(/..(?!$)/g, '$&:');

describe('POST /v1/certificates/{serial}/revoke', () => {
  test.each([
    { name: 'hex', form: (serial: string) => serial },
    { name: 'upper case with colons', form: (serial: string) => colons(serial).toUpperCase() },
    { name: 'decimal', form: (serial: string) => toDecimal(serial as CertificateRecord['serialNumber']) },
  ])('revokes by $name, and says what takes effect', async ({ form }) => {
    const record = await issued();
    const reason = 'privilegeWithdrawn';
    const { status, json } = await revoke(form(record.serialNumber), { reason, comment: 'left' });
    expect(status).toBe(200);
    expect(revocationAnswer.parse(json)).toEqual(json);
    expect(json).toMatchObject({
      revoked: [
        {
          serialNumber: record.serialNumber,
          serialNumberDecimal: toDecimal(record.serialNumber),
          profile: 'agent',
          name: record.name,
          state: 'REVOKED',
          expired: false,
          revokedAt: '2026-11-23T06:00:00Z',
          reason,
          revokedBy: ADMIN,
          comment: 'left',
        },
      ],
      count: 1,
      complete: true,
    });
    expect(json).not.toHaveProperty('block');
    expect(at(json, 'effect.renewal')).toBe('Refused from now on.');
  });

  test('without a reason: unspecified; again: the first time and author', async () => {
    const { serialNumber: serial } = await issued();
    const first = await revoke(serial);
    expect(at(first.json, 'revoked.0.reason')).toBe('unspecified');
    now = plus(NOW, 60);
    const again = await revoke(serial, { reason: 'superseded' });
    expect(at(again.json, 'revoked')).toEqual(at(first.json, 'revoked'));
  });

  test('with block: the name is blocked too', async () => {
    const record = await issued();
    const { json } = await revoke(record.serialNumber, { block: true, comment: 'retired' });
    expect(at(json, 'block')).toEqual({
      profile: 'agent',
      name: record.name,
      blockedAt: '2026-11-23T06:00:00Z',
      blockedBy: ADMIN,
      reason: 'unspecified',
      comment: 'retired',
    });
    expect((await store.name(record.name)).blocked).toEqual(['agent']);
  });

  test('of an expired certificate: revoked, and the answer says that it had expired', async () => {
    const { serialNumber: serial } = await issued();
    now = plus(NOW, 31 * DAY);
    const { status, json } = await revoke(serial);
    expect(status).toBe(200);
    expect(at(json, 'revoked.0.expired')).toBe(true);
    expect(at(json, 'effect.expired')).toBe(
      '1 of the certificates had expired: verifiers refuse them without any list, and lists leave them out.',
    );
  });

  test('that is not recorded: 404', async () => {
    const { status, json } = await revoke(serialNumber());
    expect(status).toBe(404);
    expect(at(json, 'detail')).toBe(
      'No certificate has this serial number. GET /v1/certificates lists them.',
    );
  });

  test.each([
    {
      name: 'a reason of CAs only',
      body: { reason: 'cACompromise' },
      says: {
        '#/reason':
          'reason must be "unspecified" or "keyCompromise" or "affiliationChanged" or "superseded" or "cessationOfOperation" or "privilegeWithdrawn".',
      },
    },
    {
      name: 'a comment of 257 characters',
      body: { comment: 'x'.repeat(257) },
      says: { '#/comment': 'comment must be at most 256 characters on one line.' },
    },
    {
      name: 'a comment of two lines',
      body: { comment: 'a\nb' },
      says: { '#/comment': 'comment contains U+000A, a control, format or separator character: remove it.' },
    },
    {
      name: 'a block that is text',
      body: { block: 'yes' },
      says: { '#/block': 'block must be true or false.' },
    },
    {
      name: 'a field that does not exist',
      body: { reson: 'superseded' },
      says: {
        '#/reson':
          'reson is not a known field; the fields are reason, comment, block. Did you mean "reason"?',
      },
    },
  ])('refuses $name', async ({ body, says }) => {
    const { serialNumber: serial } = await issued();
    const answer = await revoke(serial, body);
    expect(answer.status).toBe(400);
    expect(told(answer)).toEqual(says);
    expect(store.tables.revoked.size).toBe(0);
  });
});

describe('POST /v1/names/{profile}/{name}/revoke', () => {
  test('revokes what the name has, in any case of it, and blocks it', async () => {
    const record = await issued();
    const answer = await revokeName('agent', record.name.toUpperCase(), { block: true });
    expect(answer.status).toBe(200);
    expect(revocationAnswer.parse(answer.json)).toEqual(answer.json);
    expect(at(answer.json, 'revoked.0.serialNumber')).toBe(record.serialNumber);
    expect(at(answer.json, 'block.name')).toBe(record.name);
  });

  test('of another profile: 404 with where to look', async () => {
    const { name } = await issued();
    const { status, json } = await revokeName('proxy', name);
    expect(status).toBe(404);
    expect(at(json, 'detail')).toContain(`GET /v1/certificates?name=${name} lists all of this name.`);
  });

  test('refuses a profile and a name that there cannot be', async () => {
    expect(Object.keys(told(await revokeName('root', 'a b')))).toEqual(['#/path/profile', '#/path/name']);
  });
});

describe('POST /v1/tokens/{id}/revoke', () => {
  test('closes the token and revokes what it produced', async () => {
    const { serialNumber: serial, tokenId } = await issued();
    const { status, json } = await revokeToken(tokenId);
    expect(status).toBe(200);
    expect(revocationAnswer.parse(json)).toEqual(json);
    expect(at(json, 'revoked.*.serialNumber')).toEqual([serial]);
    expect((await store.token(tokenId))?.token.revokedAt).toBe(NOW);
  });

  test('refuses to close the token only: that is DELETE', async () => {
    const { tokenId } = await issued();
    expect(told(await revokeToken(tokenId, { certificates: false }))).toEqual({
      '#/certificates': 'certificates must be true.',
    });
    expect(told(await revokeToken(tokenId, {}))).toEqual({
      '#/certificates': 'certificates is required and must be true.',
    });
    expect((await store.token(tokenId))?.token.revokedAt).toBeUndefined();
  });

  test.each(['A1b2C3d4E5f6G7h8', 'x'])('of a token that nobody made (%s): 404', async (id) => {
    expect((await revokeToken(id)).status).toBe(404);
  });

  test('refuses a foreign cursor', async () => {
    const { tokenId } = await issued();
    expect(told(await revokeToken(tokenId, { certificates: true, cursor: 'abc' }))).toEqual({
      '#/cursor': 'cursor must be the cursor of the previous response for this token.',
    });
  });
});

describe('POST /v1/certificates/revoke', () => {
  test('revokes a confirmed list', async () => {
    const records = [await issued(), await issued()];
    const serialNumbers = records.map((record) => record.serialNumber);
    const { status, json } = await revokeMany({ serialNumbers, confirm: 2 });
    expect(status).toBe(200);
    expect(at(json, 'revoked.*.serialNumber')).toEqual(serialNumbers);
    expect(at(json, 'count')).toBe(2);
  });

  test('with another number: 422, nothing is revoked', async () => {
    const { serialNumber: serial } = await issued();
    const answer = await revokeMany({ serialNumbers: [serial], confirm: 2 });
    expect(answer.status).toBe(422);
    expect(at(answer.json, 'code')).toBe('not_confirmed');
    expect(told(answer)).toEqual({
      '#/confirm':
        'confirm is 2, but serialNumbers has 1; nothing was revoked. Check the list, and set confirm to the number of its items.',
    });
    expect(store.tables.revoked.size).toBe(0);
  });

  test('with one certificate in two notations: refused', async () => {
    const { serialNumber: serial } = await issued();
    const answer = await revokeMany({ serialNumbers: [serial, colons(serial)], confirm: 2 });
    expect(answer.status).toBe(400);
    expect(told(answer)).toEqual({
      '#/serialNumbers/1':
        'serialNumbers[1] is the same certificate as serialNumbers[0]. Name each certificate once.',
    });
  });

  test.each([
    { name: 'none', serialNumbers: [], says: 'serialNumbers must have at least 1 item.' },
    {
      name: '101',
      serialNumbers: Array.from({ length: 101 }, serialNumber),
      says: 'serialNumbers must have at most 100 items.',
    },
  ])('of $name: refused', async ({ serialNumbers, says }) => {
    expect(told(await revokeMany({ serialNumbers, confirm: 1 }))).toEqual({ '#/serialNumbers': says });
  });
});

describe('blocks', () => {
  const name = commonName();
  const PATH = { profile: 'agent', name };
  const put = (body: unknown = {}) =>
    quietly(blockNameHandler(deps()), { method: 'PUT', route: '/blocks/{profile}/{name}', path: PATH, body });
  const remove = () =>
    quietly(unblockNameHandler(deps()), { method: 'DELETE', route: '/blocks/{profile}/{name}', path: PATH });
  const blockKey = (body: unknown) =>
    quietly(blockKeyHandler({ ...deps(), blocks: store }), { route: '/blocks/keys', body });
  const list = (query = {}) =>
    quietly(listBlocksHandler({ blocks: store }), { method: 'GET', route: '/blocks', query });

  test('of a name are put, listed and lifted; each again changes nothing', async () => {
    const first = await put({ reason: 'superseded', comment: 'renamed' });
    const block = {
      profile: 'agent',
      name,
      blockedAt: '2026-11-23T06:00:00Z',
      blockedBy: ADMIN,
      reason: 'superseded',
      comment: 'renamed',
    };
    expect(first).toMatchObject({ status: 200, json: block });
    now = plus(NOW, 60);
    expect((await put({ comment: 'again' })).json).toEqual(block);
    const { json } = await list();
    expect(listBlocksAnswer.parse(json)).toEqual(json);
    expect(json).toEqual({ items: [block], cursor: null });
    for (const answer of [await remove(), await remove()])
      expect(answer).toMatchObject({ status: 204, body: '' });
    expect((await list()).json).toEqual({ items: [], cursor: null });
  });

  test('of a key are by hash in either case, for good', async () => {
    const spkiSha256 = 'AB'.repeat(32);
    const { status, json } = await blockKey({ spkiSha256, comment: 'leaked' });
    expect(status).toBe(200);
    expect(json).toEqual({
      spkiSha256: 'ab'.repeat(32),
      blockedAt: '2026-11-23T06:00:00Z',
      blockedBy: ADMIN,
      reason: 'keyCompromise',
      comment: 'leaked',
    });
    expect((await list()).json).toEqual({ items: [json], cursor: null });
  });

  test.each([
    { body: {}, forms: 0 },
    { body: { spkiSha256: 'ab'.repeat(32), csr: 'x' }, forms: 2 },
    { body: { spkiSha256: 'ab'.repeat(32), csr: 'x', certificate: 'y' }, forms: 3 },
  ])('of a key in $forms forms: refused', async ({ body, forms }) => {
    expect(told(await blockKey(body))).toEqual({
      '#': `Exactly one of spkiSha256, certificate and csr is required; the body has ${forms}. Send one form of the key.`,
    });
  });

  test('are paged', async () => {
    await blockKey({ spkiSha256: 'ab'.repeat(32) });
    await put();
    const first = await list({ limit: '1' });
    const cursor = at(first.json, 'cursor');
    const second = await list({ limit: '1', cursor });
    expect(at(second.json, 'items.0.name')).toBe(name);
    expect(told(await list({ cursor: 'abc' }))).toEqual({
      '#/query/cursor':
        'is not a cursor from this listing: pass the cursor from the previous page unchanged, or leave it out to start',
    });
  });
});

describe('GET /v1/certificates/{serial}/history', () => {
  const history = (serial: string) =>
    quietly(getCertificateHistoryHandler({ ledger: store, ...fakeArchive() }), {
      method: 'GET',
      route: '/certificates/{serial}/history',
      path: { serial },
    });

  test('tells what happened, oldest first', async () => {
    const { serialNumber: serial, tokenId } = await issued();
    now = plus(NOW, 60);
    await revoke(serial, { reason: 'superseded', comment: 'replaced' });
    const { status, json } = await history(colons(serial));
    expect(status).toBe(200);
    expect(historyAnswer.parse(json)).toEqual(json);
    expect(json).toEqual({
      items: [
        {
          at: '2026-11-23T06:00:00Z',
          event: 'reserved',
          tokenId,
          sourceIp: '198.51.100.7',
          requestId: expect.any(String),
        },
        { at: '2026-11-23T06:00:00Z', event: 'issued' },
        {
          at: '2026-11-23T06:01:00Z',
          event: 'revoked',
          by: ADMIN,
          reason: 'superseded',
          comment: 'replaced',
        },
      ],
    });
  });

  test('of an archived certificate, ends with that', async () => {
    const record = {
      ...sampleRecord({ state: 'ISSUED', issuedAt: NOW }),
      administratorDeployment: undefined,
    };
    const archived = { ...record, archivedAt: plus(NOW, 86_400) };
    const handler = getCertificateHistoryHandler({
      ledger: store,
      ...fakeArchive({ record: archived, events: [{ at: plus(NOW, 60), event: 'renewed', by: ADMIN }] }),
    });
    const { json } = await quietly(handler, {
      method: 'GET',
      route: '/certificates/{serial}/history',
      path: { serial: record.serialNumber },
    });
    expect(historyAnswer.parse(json)).toEqual(json);
    expect(at(json, 'items.*.event')).toEqual(['reserved', 'issued', 'renewed', 'archived']);
    expect(at(json, 'items.3')).toEqual({ at: '2026-11-24T06:00:00Z', event: 'archived' });
  });

  test('of a serial number that is not recorded: 404', async () => {
    expect((await history(serialNumber())).status).toBe(404);
  });
});
