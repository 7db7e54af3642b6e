import './environment.ts';
import { randomBytes } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { Log } from '../../../shared/observability/log.ts';
import { caHashes, certId, nonce, ocspRequest } from '../../support/ocsp-request.ts';
import { gatewayEvent } from '../http/gateway.ts';
import { OcspWorld } from '../revocation/ocsp-world.ts';

const { answerOcspHandler } = await import('../../../functions/answer-ocsp/handler.ts');

const UNAUTHORIZED = '30030a0106';
const MALFORMED = '30030a0101';
const CACHE_SECONDS = 60;

let ocsp: OcspWorld;
let lines: string[] = [];
let serialNumber: string;
let request: Buffer;

const note = (message: string, fields: object = {}) =>
  void lines.push(JSON.stringify({ message, ...fields }));
const log: Log = { info: note, warn: note, error: note };

beforeAll(async () => {
  ocsp = await OcspWorld.create();
  ({ serialNumber } = await ocsp.issue());
  request = Buffer.from(requestFor(serialNumber));
});
beforeEach(() => {
  lines = [];
});

function requestFor(serial: string, extensions?: readonly Uint8Array[]): Uint8Array {
  const issuer = ocsp.world.store.tables.issuers.get('issuer-1')?.certificate ?? new Uint8Array();
  const id = certId({ hash: 'sha1', serialNumber: serial, ...caHashes(issuer, 'sha1') });
  return ocspRequest(id, extensions ? { extensions } : {});
}

/** Sends an event to the handler; the body of the answer in hex. */
async function send(changes: Partial<Parameters<ReturnType<typeof answerOcspHandler>>[0]>) {
  const event = { ...gatewayEvent({ route: '/ocsp', principal: null }), ...changes };
  const result = await answerOcspHandler({ ...ocsp.deps, log, cacheSeconds: CACHE_SECONDS })(event);
  const der = Buffer.from(result.body, result.isBase64Encoded === true ? 'base64' : 'latin1').toString('hex');
  return { status: result.statusCode, headers: result.headers ?? {}, der };
}

const post = (octets: Uint8Array) =>
  send({ body: Buffer.from(octets).toString('base64'), isBase64Encoded: true });
const get = (path: string, more: object = {}) =>
  send({ httpMethod: 'GET', path: `/ocsp/${path}`, body: null, pathParameters: { request: path }, ...more });

describe('a request by POST', () => {
  test('is read, whether the gateway takes its body for binary or for text', async () => {
    const { status, der, headers } = await post(request);
    expect(status).toBe(200);
    expect(der).toMatch(/^3082/);
    expect(await send({ body: request.toString('latin1'), isBase64Encoded: false })).toEqual({
      status,
      der,
      headers,
    });
  });

  test('that is too large is not decoded', async () => {
    const large = await post(Buffer.alloc(4099));
    expect(large).toMatchObject({ status: 413, der: MALFORMED });
    expect(await send({ body: 'x'.repeat(4097), isBase64Encoded: false })).toMatchObject({ status: 413 });
  });

  test('without a body is malformed', async () => {
    expect(await send({ body: null })).toMatchObject({ status: 200, der: MALFORMED });
  });
});

describe('a request by GET', () => {
  test.each([
    { name: 'encoded', write: (text: string) => encodeURIComponent(text) },
    { name: 'as it is', write: (text: string) => text },
    {
      name: 'with the padding left as it is',
      write: (text: string) => text.replaceAll('+', '%2B').replaceAll('/', '%2F'),
    },
    {
      name: 'in lower-case percent-encoding',
      write: (text: string) => encodeURIComponent(text).replaceAll('%2F', '%2f').replaceAll('%2B', '%2b'),
    },
    { name: 'without padding', write: (text: string) => text.replace(/=+$/, '') },
    { name: 'with spaces for +', write: (text: string) => text.replaceAll('+', ' ') },
    { name: 'behind one more slash', write: (text: string) => `/${text}` },
  ])('$name is read', async ({ write }) => {
    // Octets that give every special character of base64, whatever precedes them.
    const special = Buffer.from(
      requestFor(serialNumber, [nonce(Buffer.from('fbefbe00fbefbe00fbefbe00ffffff00ffffff00ffffff', 'hex'))]),
    );
    const text = special.toString('base64');
    expect(text).toMatch(/\+/);
    expect(text).toMatch(/\//);
    const { der } = await post(request);
    expect(await get(write(text))).toMatchObject({ status: 200, der });
    expect(await get(write(text), { pathParameters: null })).toMatchObject({ status: 200, der });
  });

  test.each([
    { name: 'nothing', path: '' },
    { name: 'a broken percent-encoding', path: '%E0%A4%A' },
    { name: 'another alphabet', path: 'a_b-' },
  ])('of $name is malformed', async ({ path }) => {
    expect(await get(path)).toMatchObject({ status: 200, der: MALFORMED });
  });

  test('that is too large is not decoded', async () => {
    expect(await get('A'.repeat(5465))).toMatchObject({ status: 413 });
    expect(await get('%41'.repeat(5465))).toMatchObject({ status: 413 });
  });
});

describe('the headers', () => {
  test('let caches keep a response for a minute, and say which it is (RFC 9919 section 5.2)', async () => {
    const { headers } = await get(encodeURIComponent(request.toString('base64')));
    expect(headers).toEqual({
      'content-type': 'application/ocsp-response',
      'cache-control': 'max-age=60, public, no-transform, must-revalidate',
      'last-modified': 'Mon, 23 Nov 2026 06:00:00 GMT',
      expires: 'Tue, 24 Nov 2026 06:00:00 GMT',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    });
  });

  test('do not let them keep it for more than half of what is left', async () => {
    const world = await OcspWorld.create();
    const leaf = await world.issue();
    world.world.now = (leaf.validity.notAfter - 50) as typeof world.world.now;
    await world.certify();
    ocsp = world;
    const { headers } = await post(requestFor(leaf.serialNumber));
    expect(headers['cache-control']).toMatch(/^max-age=25,/);
    ocsp = await OcspWorld.create();
    ({ serialNumber } = await ocsp.issue());
    request = Buffer.from(requestFor(serialNumber));
  });

  test('a caller that has the response gets 304', async () => {
    const path = encodeURIComponent(request.toString('base64'));
    const { headers } = await get(path);
    const headersSent = { 'If-None-Match': `"x", W/${headers['etag']}` };
    expect(await get(path, { headers: headersSent, multiValueHeaders: {} })).toMatchObject({
      status: 304,
      der: '',
    });
  });

  test('so does one that sends the header more than once', async () => {
    const path = encodeURIComponent(request.toString('base64'));
    const tag = String((await get(path)).headers['etag']);
    const twice = { 'if-none-match': ['"x"', tag] };
    expect(await get(path, { multiValueHeaders: twice })).toMatchObject({ status: 304 });
    expect(await get(path, { multiValueHeaders: { 'if-none-match': ['"x"', '"y"'] } })).toMatchObject({
      status: 200,
    });
  });

  test('HEAD gets those of GET without a body', async () => {
    const path = encodeURIComponent(request.toString('base64'));
    const { headers } = await get(path);
    expect(await get(path, { httpMethod: 'HEAD' })).toEqual({ status: 200, headers, der: '' });
  });

  test('nothing keeps what is not signed', async () => {
    const { headers } = await post(requestFor(`01${randomBytes(17).toString('hex')}`));
    expect(headers).toEqual({ 'content-type': 'application/ocsp-response', 'cache-control': 'no-store' });
  });
});

test('another method is refused', async () => {
  expect(await send({ httpMethod: 'DELETE' })).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD, POST' },
  });
});

describe('trouble', () => {
  test.each([
    { name: 'of the ledger that passes', error: new AppError('try_again', 'busy'), der: '30030a0103' },
    { name: 'of any other kind', error: new Error('secret internals'), der: '30030a0102' },
  ])('$name is answered as RFC 6960 has it, with HTTP 200', async ({ error, der }) => {
    ocsp.world.store.failNext('readForOcsp', { error, when: 'before' });
    expect(await post(request)).toMatchObject({ status: 200, der });
    expect(lines).toHaveLength(1);
  });

  test('a serial number that is too long is cut off in the log', async () => {
    expect(await post(requestFor('7a'.repeat(3000)))).toMatchObject({ der: UNAUTHORIZED });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`"serialNumber":"${'7a'.repeat(20)}"`);
  });

  test('that the request is malformed is logged without a word of it', async () => {
    await post(Buffer.from('hello world'));
    expect(lines).toEqual([expect.stringContaining('malformed request')]);
    expect(lines[0]).not.toContain('hello');
  });
});

describe('whatever is sent,', () => {
  test('any octets get an answer below 500, and no signature', async () => {
    const before = ocsp.responder.signatures;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (octets) => {
        const { status, der } = await post(octets);
        expect(status).toBe(200);
        expect([MALFORMED, UNAUTHORIZED]).toContain(der);
      }),
      { numRuns: 500 },
    );
    expect(ocsp.responder.signatures).toBe(before);
  });

  test('any path gets an answer below 500, and no signature', async () => {
    const before = ocsp.responder.signatures;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (path) => {
        const { status, der } = await get(path);
        expect(status).toBe(200);
        expect(der).toBe(MALFORMED);
      }),
      { numRuns: 500 },
    );
    expect(ocsp.responder.signatures).toBe(before);
  });

  test('a request with any octet changed causes no signature for anything but a recorded certificate', async () => {
    await post(request);
    const before = ocsp.responder.signatures;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: request.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        async (at, octet) => {
          const changed = Buffer.from(request);
          changed[at] = octet;
          expect((await post(changed)).status).toBe(200);
        },
      ),
      { numRuns: 1000 },
    );
    expect(ocsp.responder.signatures).toBe(before);
  });
});
