import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { at } from '../../support/json.ts';
import { rawRequest, sendRaw } from '../../support/raw-request.ts';
import { writeAssembly } from './fixture.ts';

const assembly = writeAssembly();
const data = mkdtempSync(join(tmpdir(), 'fleetseal-odd-'));
const lines: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly, data, port: 0, log: (line) => void lines.push(line) });
});

afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  lines.length = 0;
});

const eventOf = (body: string) => at(JSON.parse(body), 'event');

describe('names that objects inherit are names like others', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'a header and a query parameter named %s reach the function',
    async (name) => {
      const { status, body } = await sendRaw(
        cloud,
        rawRequest(`GET /v1/anything?${name}=1&${name}=2 HTTP/1.1`, [`${name}: one`, `${name}: two`]),
      );
      expect(status).toBe(200);
      const own = (member: string) => Object.entries(at(eventOf(body), member) as object);
      expect(own('headers')).toContainEqual([name, 'two']);
      expect(own('multiValueHeaders')).toContainEqual([name, ['one', 'two']]);
      expect(own('queryStringParameters')).toEqual([[name, '2']]);
      expect(own('multiValueQueryStringParameters')).toEqual([[name, ['1', '2']]]);
    },
  );
});

describe('a signature that cannot be one is refused like any other', () => {
  const signature = (value: string) =>
    `Authorization: AWS4-HMAC-SHA256 Credential=${cloud.admin.accessKeyId}/${compactDate().slice(0, 8)}/${cloud.region}/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=${value}`;
  const compactDate = () => new Date().toISOString().replace(/[-:]|\.\d+/g, '');

  test.each([
    { name: '64 characters outside ASCII', value: 'é'.repeat(64) },
    { name: 'none', value: '' },
    { name: 'one of 3,000 digits', value: 'a'.repeat(3000) },
  ])('$name: 403', async ({ value }) => {
    const request = rawRequest('GET /v1/items HTTP/1.1', [signature(value), `X-Amz-Date: ${compactDate()}`]);
    const { status, body } = await sendRaw(cloud, request);
    expect(status).toBe(403);
    expect(body).toContain('signature we calculated does not match');
  });
});

describe('slashes in a path, as API Gateway takes them', () => {
  test.each([
    { path: '/v1//items', resource: '/items', seen: '/items', parameters: null, context: '/v1//items' },
    { path: '//v1/items', resource: '/items', seen: '/items', parameters: null, context: '/v1/items' },
    { path: '/v1/items/', resource: '/items', seen: '/items/', parameters: null, context: '/v1/items/' },
    {
      path: '/v1/items//x',
      resource: '/{proxy+}',
      seen: '/items//x',
      parameters: { proxy: 'items//x' },
      context: '/v1/items//x',
    },
    {
      path: '/v1/else/a%2Fb%20c/',
      resource: '/{proxy+}',
      seen: '/else/a%2Fb%20c/',
      parameters: { proxy: 'else/a%2Fb%20c' },
      context: '/v1/else/a%2Fb%20c/',
    },
  ])('$path', async ({ path, resource, seen, parameters, context }) => {
    const request = rawRequest(`POST ${path} HTTP/1.1`, ['Content-Length: 2'], '{}');
    const { status, body } = await sendRaw(cloud, request);
    expect(status).toBe(200);
    expect(eventOf(body)).toMatchObject({
      resource,
      path: seen,
      pathParameters: parameters,
      requestContext: { path: context },
    });
  });

  test('the permission of a function holds for all of them', async () => {
    expect((await sendRaw(cloud, rawRequest('GET /v1/permitted HTTP/1.1'))).status).toBe(200);
    expect((await sendRaw(cloud, rawRequest('GET /v1//permitted HTTP/1.1'))).status).toBe(200);
    expect((await sendRaw(cloud, rawRequest('GET /v1/permitted/ HTTP/1.1'))).status).toBe(200);
  });
});

describe('what the gateway refuses by itself', () => {
  test.each([
    { name: 'a method that ANY does not cover', request: rawRequest('TRACE /v1/x HTTP/1.1'), status: 403 },
    { name: 'CONNECT', request: rawRequest('CONNECT localhost:443 HTTP/1.1'), status: 400 },
    { name: 'no HTTP at all', request: '\x00\x01\x02\r\n\r\n', status: 400 },
    { name: 'a header without a name', request: rawRequest('GET /v1/x HTTP/1.1', [': x']), status: 400 },
    {
      name: 'header values of more than 10,240 octets',
      request: rawRequest('GET /v1/x HTTP/1.1', [`a: ${'x'.repeat(9000)}`, `b: ${'x'.repeat(1300)}`]),
      status: 431,
    },
    {
      name: 'headers of more octets than are read',
      request: rawRequest('GET /v1/x HTTP/1.1', [`a: ${'x'.repeat(100_000)}`]),
      status: 431,
    },
    {
      name: 'an expectation that nobody knows',
      request: rawRequest('GET /v1/x HTTP/1.1', ['Expect: the-unexpected']),
      status: 417,
    },
    {
      name: 'chunks that are none',
      request: rawRequest('POST /v1/items HTTP/1.1', ['Transfer-Encoding: chunked'], 'zz\r\n'),
      status: 400,
    },
    {
      name: 'two lengths',
      request: rawRequest('POST /v1/items HTTP/1.1', ['Content-Length: 2', 'Content-Length: 3'], '{}'),
      status: 400,
    },
  ])('$name: $status', async ({ request, status }) => {
    expect((await sendRaw(cloud, request)).status).toBe(status);
  });

  test('header values of 10,240 octets pass', async () => {
    const given = 'localhost'.length + 'close'.length;
    const request = rawRequest('GET /v1/x HTTP/1.1', [`a: ${'x'.repeat(10_240 - given)}`]);
    expect((await sendRaw(cloud, request)).status).toBe(200);
  });

  test('a body of more than 10 MB: 413, however long it is', async () => {
    const { status, json } = await callApi(cloud, {
      method: 'POST',
      path: '/v1/items',
      body: 'x'.repeat(12_000_000),
    });
    expect([status, at(json, 'detail')]).toEqual([413, 'Request Too Long']);
  });

  test('a path below no stage says where the API is', async () => {
    const { status, body, head } = await sendRaw(cloud, rawRequest('GET /trust HTTP/1.1'));
    expect(status).toBe(403);
    expect(head).toContain('x-amzn-ErrorType: ForbiddenException');
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({
      message: 'Forbidden',
      status: 403,
      detail: 'Every path of this API begins with /v1, its stage: https://<host>/v1/... Add it to the path.',
    });
  });
});

describe('what HTTP allows', () => {
  test.each([
    {
      name: 'a body in chunks',
      headers: ['Transfer-Encoding: chunked'],
      body: '1\r\n{\r\n1\r\n}\r\n0\r\n\r\n',
    },
    {
      name: 'Expect: 100-continue',
      headers: ['Expect: 100-continue', 'Content-Length: 2'],
      body: '{}',
    },
    {
      name: 'an upgrade to WebSocket, which is not taken',
      headers: ['Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Content-Length: 2'],
      body: '{}',
    },
  ])('$name', async ({ headers, body }) => {
    const answer = await sendRaw(cloud, rawRequest('POST /v1/items HTTP/1.1', headers, body));
    expect(answer.head.replace(/^HTTP\/1\.1 100 Continue/, '') + answer.body).toContain('"body":"{}"');
  });

  test('a URL in absolute form (RFC 9112 section 3.2.2)', async () => {
    const { status, body } = await sendRaw(cloud, rawRequest('POST https://localhost/v1/items?a=1 HTTP/1.1'));
    expect(status).toBe(200);
    expect(eventOf(body)).toMatchObject({ path: '/items', queryStringParameters: { a: '1' } });
  });

  test('more headers than Node keeps by default', async () => {
    const many = Array.from({ length: 2500 }, (_, index) => `h${index}:`);
    const { status, body } = await sendRaw(cloud, rawRequest('GET /v1/x HTTP/1.1', [...many, 'last: 1']));
    expect(status).toBe(200);
    expect(at(eventOf(body), 'headers.last')).toBe('1');
  });
});

describe('plain HTTP on the port of HTTPS', () => {
  test('is told to use HTTPS', async () => {
    const { status, body, head } = await sendRaw(cloud, rawRequest('GET /v1/x HTTP/1.1'), { plain: true });
    expect(status).toBe(400);
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({
      status: 400,
      detail: 'This port speaks HTTPS. Use https:// instead of http:// in the address.',
    });
  });

  test('what is neither gets an answer too', async () => {
    expect((await sendRaw(cloud, 'SSH-2.0-x\r\n\r\n', { plain: true })).status).toBe(400);
  });
});

describe('every 5xx that the gateway makes has a line in the log, with its request id', () => {
  const idOf = (head: string) => /x-amzn-RequestId: (\S+)/i.exec(head)?.[1] ?? 'none';

  test.each([
    { name: 'a function that throws', path: '/v1/items', order: { throw: 'broken' }, status: 502 },
    { name: 'a function that answers nonsense', path: '/v1/items', order: { answer: 'x' }, status: 502 },
    {
      name: 'a function whose header cannot be sent',
      path: '/v1/items',
      order: { answer: { statusCode: 200, headers: { 'x-a': 'a\r\nb: c' }, body: '' } },
      status: 502,
    },
  ])('$name', async ({ path, order, status }) => {
    const body = JSON.stringify(order);
    const request = rawRequest(`POST ${path} HTTP/1.1`, [`Content-Length: ${body.length}`], body);
    const answer = await sendRaw(cloud, request);
    expect(answer.status).toBe(status);
    expect(lines.join('\n')).toContain(`gateway: ${status}`);
    expect(lines.join('\n')).toContain(idOf(answer.head));
  });

  test('a function that does not let the gateway in', async () => {
    const answer = await sendRaw(cloud, rawRequest('GET /v1/unpermitted HTTP/1.1'));
    expect(answer.status).toBe(500);
    expect(lines.join('\n')).toContain(idOf(answer.head));
  });
});

describe('whatever is sent, there is an answer, it is no 5xx, and the next request is served', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
    fc.constantFrom(
      '',
      '%',
      '%zz',
      '%00',
      '%2e%2e%2f',
      '//',
      '/../',
      '__proto__',
      'constructor',
      'é',
      '*',
      '?',
    ),
  );
  const octets = (text: string) => Buffer.from(text).toString('latin1');
  const next = async () => (await sendRaw(cloud, rawRequest('GET /v1/x HTTP/1.1'))).status;

  test('paths, queries, header names and values that are nearly right', async () => {
    const inLine = odd.map((text) => octets(text).replace(/[\0-\x20\x7f]/g, ''));
    const inHeader = odd.map((text) => octets(text).replace(/[\r\n\0]/g, ''));
    const method = fc.constantFrom(
      'GET',
      'POST',
      'PUT',
      'DELETE',
      'PATCH',
      'HEAD',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
    );
    await fc.assert(
      fc.asyncProperty(method, inLine, inLine, inHeader, inHeader, async (verb, path, query, name, value) => {
        const line = `${verb} /v1/${path}?${query} HTTP/1.1`;
        const headers = [`x${name.replace(/[^\w-]/g, '')}: ${value}`, `Authorization: ${value}`];
        const { status } = await sendRaw(cloud, rawRequest(line, headers));
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
        expect(await next()).toBe(200);
      }),
      { numRuns: 150 },
    );
  });

  test('octets of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), fc.boolean(), async (text, plain) => {
        const { status } = await sendRaw(cloud, `${octets(text)}\r\n\r\n`, { plain });
        expect(status).toBeGreaterThanOrEqual(plain ? 0 : 200);
        expect(status).toBeLessThan(500);
        expect(await next()).toBe(200);
      }),
      { numRuns: 50 },
    );
  });
});
