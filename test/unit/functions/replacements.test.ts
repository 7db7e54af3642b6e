import './environment.ts';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createReplacementHandler } from '../../../functions/create-replacement/handler.ts';
import { deleteReplacementHandler } from '../../../functions/delete-replacement/handler.ts';
import { listReplacementsHandler } from '../../../functions/list-replacements/handler.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { replacementView } from '../../../shared/http/contract/replacement.ts';
import { type FakeStore, fakeStore } from '../../fakes/store.ts';
import { at, textAt } from '../../support/json.ts';
import { NOW, sampleRecord } from '../../support/records.ts';
import { ADMIN } from '../http/gateway.ts';
import { quietly, told } from './told.ts';

let store: FakeStore;
let now = NOW;
let drawn = 0;
beforeEach(() => {
  store = fakeStore();
  now = NOW;
  for (let i = 0; i < 100; i++) {
    const profile = i < 60 ? 'agent' : 'proxy';
    const record = sampleRecord({ state: 'ISSUED', profile });
    store.tables.records.set(record.serialNumber, record);
  }
});

const create = (body: unknown, kmsSignaturesPerSecond = 500) =>
  quietly(
    createReplacementHandler({
      store,
      clock: () => now,
      random: (length) => new Uint8Array(length).fill(drawn++),
      kmsSignaturesPerSecond,
    }),
    { route: '/replacements', body },
  );
const list = () => quietly(listReplacementsHandler({ store }), { method: 'GET', route: '/replacements' });
const remove = (id: string) =>
  quietly(deleteReplacementHandler({ store }), {
    method: 'DELETE',
    route: '/replacements/{id}',
    path: { id },
  });

const AGENTS = { selector: { profile: 'agent' }, by: '2026-11-25T06:00:00Z' };

describe('POST /v1/replacements', () => {
  test('makes a replacement, which is listed, and says how many certificates it selects', async () => {
    const { status, json } = await create(AGENTS);
    expect(status).toBe(201);
    expect(replacementView.parse(json)).toEqual(json);
    expect(json).toEqual({
      id: expect.stringMatching(/^[0-9A-Za-z]{16}$/),
      ...AGENTS,
      certificates: 60,
      createdAt: '2026-11-23T06:00:00Z',
      createdBy: ADMIN,
    });
    expect((await list()).json).toEqual({ items: [json], cursor: null });
  });

  test('again finds the same; another time or selector is another one', async () => {
    const first = await create(AGENTS);
    now = plus(NOW, 60);
    expect(await create(AGENTS)).toMatchObject({ status: 200, json: first.json });
    expect((await create({ ...AGENTS, by: '2026-11-26T06:00:00Z' })).status).toBe(201);
    expect((await create({ ...AGENTS, selector: { issuer: 'issuer-1' } })).status).toBe(201);
    expect(at((await list()).json, 'items.*.certificates')).toEqual([60, 60, 100]);
  });

  test.each([
    {
      name: 'few: hosts must hear of it',
      kms: 500,
      by: '2026-11-23T17:59:59Z',
      earliest: '2026-11-23T18:00:00Z',
    },
    { name: 'many for the quota', kms: 1, by: '2026-11-23T17:00:00Z', earliest: '2026-11-23T18:00:00Z' },
  ])('refuses a time that is too early, $name', async ({ kms, by, earliest }) => {
    const refused = await create({ ...AGENTS, by }, kms);
    expect(refused).toMatchObject({ status: 422, json: { code: 'replacement_refused' } });
    expect(told(refused)['#/by']).toContain(`the earliest is ${earliest}, PT12H from now`);
    expect((await create({ ...AGENTS, by: earliest }, kms)).status).toBe(201);
  });

  test('refuses what the quota cannot serve, and says when it can', async () => {
    store.countSelected = async () => 1_000_000;
    const refused = await create({ ...AGENTS, by: '2026-11-24T00:00:00Z' }, 10);
    expect(told(refused)['#/by']).toContain(
      'the earliest is 2026-11-25T19:33:20Z, P2DT13H33M20S from now. Hosts ask every PT6H when to renew, and 1000000 certificates may take half of the quota of KMS, 10 signatures a second',
    );
    expect((await create({ ...AGENTS, by: '2026-11-25T19:33:20Z' }, 10)).status).toBe(201);
  });

  test.each([
    { name: 'no selector', body: { by: AGENTS.by }, pointer: '#/selector' },
    { name: 'an empty selector', body: { ...AGENTS, selector: {} }, pointer: '#/selector' },
    { name: 'another word', body: { ...AGENTS, selector: { all: true } }, pointer: '#/selector/all' },
    { name: 'no issuer', body: { ...AGENTS, selector: { issuer: 'root-1' } }, pointer: '#/selector/issuer' },
    { name: 'no time', body: { ...AGENTS, by: 'tomorrow' }, pointer: '#/by' },
  ])('refuses $name', async ({ body, pointer }) => {
    const refused = await create(body);
    expect(refused.status).toBe(400);
    expect(Object.keys(told(refused))).toEqual([pointer]);
  });

  test('refuses more than 50, and what takes too long to count', async () => {
    store.countSelected = async () => undefined;
    expect(told(await create(AGENTS))['#/selector']).toContain('Select fewer');
    for (let day = 0; day < 50; day++) {
      const id = `replacement-${day}`;
      const by = plus(NOW, (3 + day) * DAY);
      store.tables.replacements.set(id, {
        id,
        selector: {},
        by,
        createdAt: NOW,
        createdBy: ADMIN,
        certificates: 0,
      });
    }
    expect(told(await create(AGENTS))['#/selector']).toContain('There are 50 replacements already');
  });
});

describe('DELETE /v1/replacements/{id}', () => {
  test('ends it; once more there is none', async () => {
    const id = textAt((await create(AGENTS)).json, 'id');
    expect((await remove(id)).status).toBe(204);
    expect((await list()).json).toEqual({ items: [], cursor: null });
    expect(await remove(id)).toMatchObject({ status: 404, json: { code: 'not_found' } });
  });
});
