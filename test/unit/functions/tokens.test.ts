import './environment.ts';
import { describe, expect, test } from '@jest/globals';
import { getTokenHandler } from '../../../functions/get-token/handler.ts';
import { listTokensHandler } from '../../../functions/list-tokens/handler.ts';
import { listTokensAnswer } from '../../../functions/list-tokens/response.ts';
import { revokeTokenHandler } from '../../../functions/revoke-token/handler.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { tokenView } from '../../../shared/http/contract/token.ts';
import { fakeStore } from '../../fakes/store.ts';
import { at } from '../../support/json.ts';
import { NOW, sampleToken } from '../../support/records.ts';
import { quietly, told } from './told.ts';

function setUp(now = NOW) {
  const store = fakeStore();
  const deps = { tokens: store, clock: () => now };
  const one = (handler: ReturnType<typeof getTokenHandler>, method: string) => (id: string) =>
    quietly(handler, { method, route: '/tokens/{id}', path: { id } });
  return {
    store,
    list: (query = {}) => quietly(listTokensHandler(deps), { method: 'GET', route: '/tokens', query }),
    get: one(getTokenHandler(deps), 'GET'),
    revoke: one(revokeTokenHandler(deps), 'DELETE'),
  };
}

describe('GET /v1/tokens/{id}', () => {
  test('answers the token without its secret or the hash of it', async () => {
    const { store, get } = setUp();
    const token = sampleToken();
    await store.createToken(token);
    const { status, json, body } = await get(token.id);
    expect(status).toBe(200);
    expect(tokenView.parse(json)).toEqual(json);
    expect(json).toMatchObject({ id: token.id, uses: 0, state: 'OPEN', expiresAt: '2026-11-24T06:00:00Z' });
    expect(body).not.toContain(token.secretSha256);
    expect(json).not.toHaveProperty('token');
  });

  test.each([
    { name: 'revoked', changes: { revokedAt: NOW }, now: NOW, state: 'REVOKED' },
    { name: 'in its last second', changes: { expiresAt: NOW }, now: NOW, state: 'OPEN' },
    { name: 'a second later', changes: { expiresAt: plus(NOW, -1) }, now: NOW, state: 'EXPIRED' },
    { name: 'spent', changes: { maxUses: 0 }, now: NOW, state: 'SPENT' },
  ])('says $state of a token that is $name', async ({ changes, now, state }) => {
    const { store, get } = setUp(now);
    const token = sampleToken(changes);
    await store.createToken(token);
    expect(at((await get(token.id)).json, 'state')).toBe(state);
  });
});

describe('DELETE /v1/tokens/{id}', () => {
  test('closes the token, and the same again changes nothing', async () => {
    const { store, get, revoke } = setUp();
    const token = sampleToken();
    await store.createToken(token);
    for (const answer of [await revoke(token.id), await revoke(token.id)])
      expect(answer).toMatchObject({ status: 204, body: '' });
    expect((await get(token.id)).json).toMatchObject({ state: 'REVOKED', revokedAt: '2026-11-23T06:00:00Z' });
  });
});

describe('a token that does not exist', () => {
  test.each([
    { name: 'an id that was never drawn', id: 'A'.repeat(16), reads: 1 },
    { name: 'a whole token', id: `fst_${'A'.repeat(16)}_${'b'.repeat(43)}`, reads: 0 },
    { name: 'a long id', id: 'A'.repeat(5000), reads: 0 },
    { name: 'another character', id: `${'A'.repeat(15)}#`, reads: 0 },
  ])('is not found by $name', async ({ id, reads }) => {
    const { store, get, revoke } = setUp();
    for (const answer of [await get(id), await revoke(id)]) {
      expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } });
      expect(at(answer.json, 'detail')).toMatch(/^No token has this id\. GET \/v1\/tokens lists all tokens/);
    }
    expect(store.calls).toHaveLength(2 * reads);
  });
});

describe('GET /v1/tokens', () => {
  test('pages all tokens, newest first', async () => {
    const { store, list } = setUp();
    for (let age = 0; age < 5; age++) await store.createToken(sampleToken({ createdAt: plus(NOW, -age) }));
    const first = await list({ limit: '3' });
    const second = await list({ limit: '3', cursor: at(first.json, 'cursor') });
    expect(listTokensAnswer.parse(first.json)).toEqual(first.json);
    const times = [first, second].flatMap(({ json }) => at(json, 'items.*.createdAt'));
    expect(times).toEqual(
      [0, 1, 2, 3, 4].map((age) => `2026-11-23T0${age === 0 ? '6:00:00' : `5:59:${60 - age}`}Z`),
    );
    expect(at(second.json, 'cursor')).toBeNull();
  });

  test.each([
    {
      name: 'a limit of 0',
      query: { limit: '0' },
      errors: { '#/query/limit': 'query.limit must be a whole number from 1 to 100.' },
    },
    {
      name: 'a limit above 100',
      query: { limit: '101' },
      errors: { '#/query/limit': 'query.limit must be a whole number from 1 to 100.' },
    },
    {
      name: 'a limit in hex',
      query: { limit: '0x10' },
      errors: { '#/query/limit': 'query.limit must be a whole number from 1 to 100.' },
    },
    {
      name: 'a limit given twice',
      query: { limit: ['5', '6'] },
      errors: { '#/query/limit': 'query.limit was sent more than once; send it once.' },
    },
    {
      name: 'a foreign cursor',
      query: { cursor: 'abc' },
      errors: {
        '#/query/cursor':
          'is not a cursor from this listing: pass the cursor from the previous page unchanged, or leave it out to start',
      },
    },
    {
      name: 'an unknown parameter',
      query: { profile: 'agent' },
      code: 'unknown_field',
      errors: { '#/query/profile': 'query.profile is not a known field; the fields are cursor, limit.' },
    },
  ])('refuses $name', async ({ query, code = 'malformed_request', errors }) => {
    const answer = await setUp().list(query);
    expect({ status: answer.status, code: at(answer.json, 'code'), errors: told(answer) }).toEqual({
      status: 400,
      code,
      errors,
    });
  });
});
