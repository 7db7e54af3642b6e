import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TestCloud } from '../support/cloud.ts';
import { at } from '../support/json.ts';
import { rawRequest, sendRaw } from '../support/raw-request.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await TestCloud.start();
});

afterAll(() => cloud.stop());

interface Row {
  readonly name?: string;
  readonly path: string;
  readonly status: number;
}

const get = (path: string) => sendRaw(cloud.local, rawRequest(`GET ${path} HTTP/1.1`));

describe('slashes that bases of URLs bring along', () => {
  test.each(['/v1//trust', '//v1/trust', '/v1/trust/', '/v1///trust//'])('%s is /v1/trust', async (path) => {
    const { status, body } = await get(path);
    expect(status).toBe(200);
    expect(at(JSON.parse(body), 'roots')).toHaveLength(1);
  });
});

describe('a path that nothing is at: 404 or 405 as a problem document', () => {
  test.each<Row>(
    [
      { path: '/v1/tru//st', status: 404 },
      { path: '/v1/Trust', status: 404 },
      { path: '/v1/%74rust', status: 404 },
      { path: '/v1/./trust', status: 404 },
      { path: '/v1/../trust', status: 404 },
      { path: '/v1/trust/more', status: 404 },
      { path: '/v1/trust%2F', status: 404 },
      { path: '/v1/trust%', status: 404 },
      { path: '/v1/trust;a=1', status: 404 },
      { path: '/v1/__proto__', status: 404 },
      { path: '/v1/constructor/x', status: 404 },
      { name: 'a long name', path: `/v1/${'x'.repeat(8000)}`, status: 404 },
      { name: 'many parts', path: `/v1${'/x'.repeat(4000)}`, status: 404 },
      { path: '/v1/enroll', status: 405 },
      { path: '/v1', status: 404 },
    ].map((row) => ({ name: row.path, ...row })),
  )('$name', async ({ path, status }) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ status, requestId: expect.any(String) });
  });
});

describe('what stands in a path for an id', () => {
  const admin = (path: string) => cloud.admin('GET', path);

  test('a serial number, plain or percent-encoded', async () => {
    const serial = `01${'ab'.repeat(17)}`;
    for (const written of [serial, serial.replaceAll('a', '%61')]) {
      const { status, json } = await admin(`/v1/certificates/${written}`);
      expect([status, at(json, 'code')]).toEqual([404, 'not_found']);
      expect(at(json, 'detail')).toContain('No certificate has this serial number');
    }
  });

  test.each<Row>(
    [
      { path: '/v1/certificates/%zz', status: 400 },
      { path: '/v1/certificates/%ff', status: 400 },
      { path: '/v1/certificates/%2F', status: 400 },
      { path: '/v1/certificates/__proto__', status: 400 },
      { path: '/v1/tokens/%', status: 400 },
      { path: '/v1/tokens/%00', status: 400 },
      { path: '/v1/tokens/constructor', status: 404 },
      { name: 'a long id', path: `/v1/tokens/${'x'.repeat(4000)}`, status: 404 },
    ].map((row) => ({ name: row.path, ...row })),
  )('$name: $status', async ({ path, status }) => {
    expect((await admin(path)).status).toBe(status);
  });
});

test('no path that a client can write makes a 5xx, signed or not', async () => {
  const part = fc.oneof(
    fc.constantFrom(
      'trust',
      'tokens',
      'certificates',
      'kit',
      'enroll',
      '',
      '.',
      '..',
      '%',
      '%zz',
      '%2F',
      '%00',
      '*',
    ),
    fc.webSegment(),
    fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
  );
  const path = fc
    .array(part, { maxLength: 5 })
    .map((parts) => `/v1/${parts.join('/')}`.replace(/[\0-\x20\x7f?#]/g, ''));
  await fc.assert(
    fc.asyncProperty(path, fc.webQueryParameters(), async (written, query) => {
      expect((await get(`${written}?${query}`)).status).toBeLessThan(500);
      // The client of the tests resolves dots and encodes as URL does.
      const answer = await cloud.admin('GET', written);
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: 150 },
  );
});
