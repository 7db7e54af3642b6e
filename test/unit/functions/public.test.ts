import './environment.ts';
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { handler as answerNotFound } from '../../../functions/answer-not-found/handler.ts';
import { getTrustHandler } from '../../../functions/get-trust/handler.ts';
import { trustAnswer } from '../../../functions/get-trust/response.ts';
import type { AdditionalRoot } from '../../../shared/domain/additional-root.ts';
import { fakeStore } from '../../fakes/store.ts';
import { at, textAt } from '../../support/json.ts';
import { NOW, sampleAdditionalRoot, sampleIssuer, sampleRoot } from '../../support/records.ts';
import { quietly } from './told.ts';

const OLD_CA = sampleAdditionalRoot({ certificate: Uint8Array.of(0x6f, 0x6c, 0x64) });

async function setUp(...roots: readonly AdditionalRoot[]) {
  const store = fakeStore();
  await store.reserveRoot(sampleRoot());
  if (roots.length > 0) await store.replaceAdditionalRoots({ version: 1, roots }, []);
  const handler = getTrustHandler({ authority: store });
  const get = (route: string, headers = {}) =>
    quietly(handler, { method: 'GET', route, headers, principal: null });
  return { store, get };
}

describe('GET /v1/trust', () => {
  test('answers roots, certified issuers and the bundle in one read', async () => {
    const { store, get } = await setUp(OLD_CA);
    await store.commitRoot('root-1', Uint8Array.of(1, 2, 3));
    await store.reserveIssuer(sampleIssuer());
    await store.reserveIssuer(sampleIssuer({ id: 'issuer-2' }));
    await store.commitIssuer('issuer-1', Uint8Array.of(4, 5, 6), { to: 'READY', at: NOW, by: 'fleetseal' });
    const before = store.calls.length;
    const { status, json, headers } = await get('/trust');
    expect(status).toBe(200);
    expect(store.calls.slice(before)).toEqual(['readAuthority']);
    expect(trustAnswer.parse(json)).toEqual(json);
    expect(at(json, 'roots.*.id')).toEqual(['root-1']);
    expect(at(json, 'issuers')).toMatchObject([
      { id: 'issuer-1', state: 'READY', certificate: expect.stringContaining('BAUG') },
    ]);
    expect(at(json, 'bundle')).toBe(
      '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nb2xk\n-----END CERTIFICATE-----\n',
    );
    expect(at(json, 'sha256')).toBe(createHash('sha256').update(textAt(json, 'bundle')).digest('hex'));
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
    });
  });

  test('answers the bundle alone, as PEM', async () => {
    const { store, get } = await setUp();
    await store.commitRoot('root-1', Uint8Array.of(1, 2, 3));
    expect(await get('/trust.pem')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-pem-file' },
      body: '-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n',
    });
  });

  test.each([
    { name: 'its tag', header: (tag: string) => tag, status: 304 },
    { name: 'its tag, weak, in a list', header: (tag: string) => `"x", W/${tag}`, status: 304 },
    { name: 'anything', header: () => '*', status: 304 },
    { name: 'another tag', header: () => '"x"', status: 200 },
  ])('answers $status to a caller that has $name', async ({ header, status }) => {
    const { store, get } = await setUp();
    await store.commitRoot('root-1', Uint8Array.of(1, 2, 3));
    const { headers } = await get('/trust');
    const again = await get('/trust', { 'If-None-Match': header(headers['etag'] ?? '') });
    expect(again.status).toBe(status);
    expect(again.headers['etag']).toBe(headers['etag']);
    if (status === 304) expect(again.body).toBe('');
  });

  test('asks to come back while the root has no certificate', async () => {
    const { get } = await setUp();
    const answer = await get('/trust');
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
      json: { code: 'authority_not_ready' },
    });
  });
});

describe('what no route serves', () => {
  test('is not found, whatever it carries', async () => {
    const answer = await quietly(answerNotFound, {
      method: 'PATCH',
      route: '/{proxy+}',
      body: 'x'.repeat(20_000),
      query: { a: ['1', '2'] },
      principal: null,
    });
    expect(answer).toMatchObject({ status: 404, json: { code: 'not_found' } });
    expect(at(answer.json, 'detail')).toBe(
      'Nothing exists at this path. GET /v1/openapi.json describes the API.',
    );
  });

  test('says which methods a known path has', async () => {
    const answer = await quietly(answerNotFound, { method: 'PUT', route: '/tokens', principal: null });
    expect(answer).toMatchObject({
      status: 405,
      headers: { allow: 'GET, POST' },
      json: { code: 'method_not_allowed', detail: 'This path allows only GET, POST.' },
    });
  });
});
