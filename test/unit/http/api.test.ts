import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { AppError } from '../../../shared/errors/app-error.ts';
import { api } from '../../../shared/http/api.ts';
import { text } from '../../../shared/http/schema.ts';
import { at } from '../../support/json.ts';
import { told } from '../functions/told.ts';
import { capturingLog, logLines } from './captured-log.ts';
import { ADMIN, type Call, send } from './gateway.ts';

const thing = z.strictObject({
  name: text((name) => (/^[a-z]+$/.test(name) ? name : undefined), 'lower-case letters'),
  kind: z.enum(['big', 'small']),
  count: z.optional(z.int().check(z.gte(1), z.lte(10))),
  tags: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(3))).check(z.maxLength(2))),
  owner: z.optional(z.strictObject({ id: z.string() })),
});

const handler = api({ name: 'make-thing', access: 'iam', body: thing }, async ({ body, caller }) => ({
  status: 201,
  json: { ...body, by: caller.principal },
}));

const ok = { name: 'abc', kind: 'big' };

/** One call, with its log kept out of the test's output. */
async function call(request: Call) {
  return (await capturingLog(() => send(handler, request))).result;
}

describe('an answer', () => {
  test('carries the request id and keeps browsers and caches away', async () => {
    const answer = await call({ body: ok });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ name: 'abc', kind: 'big', by: ADMIN });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test.each([
    { name: 'base64 from the gateway', request: { body: ok, base64: true } },
    {
      name: 'a charset',
      request: { body: ok, headers: { 'Content-Type': 'application/json; charset=UTF-8' } },
    },
    { name: 'another case', request: { body: ok, headers: { 'Content-Type': 'Application/JSON' } } },
    { name: 'an empty query parameter', request: { body: ok, query: { limit: '' } } },
  ])('is given to $name', async ({ request }) => {
    expect((await call(request)).status).toBe(201);
  });
});

const nested = (depth: number) => `${'{"name":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('a bad request', () => {
  test.each<{
    name: string;
    request: Call;
    status: number;
    code: string;
    errors?: Record<string, string>;
    detail?: string;
  }>([
    {
      name: 'no body',
      request: {},
      status: 400,
      code: 'malformed_request',
      errors: { '#': 'A body is required: one JSON object.' },
    },
    {
      name: 'a body above 16 KB',
      request: { body: { ...ok, name: 'a'.repeat(16_384) } },
      status: 413,
      code: 'payload_too_large',
      detail: 'The body is larger than 16384 octets (16 KB). Send less.',
    },
    {
      name: 'a body above 16 KB in octets but not in characters',
      request: { body: JSON.stringify({ name: 'é'.repeat(9000) }) },
      status: 413,
      code: 'payload_too_large',
    },
    {
      name: 'a body above 16 KB in base64, of a wrong type too',
      request: { body: 'a'.repeat(16_385), base64: true, headers: { 'Content-Type': 'text/plain' } },
      status: 413,
      code: 'payload_too_large',
    },
    {
      name: 'a form, as curl sends it by default',
      request: { body: ok, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      status: 415,
      code: 'unsupported_media_type',
      detail: 'The body must be JSON in UTF-8. Send it with the header "Content-Type: application/json".',
    },
    {
      name: 'another charset',
      request: { body: ok, headers: { 'Content-Type': 'application/json; charset=latin1' } },
      status: 415,
      code: 'unsupported_media_type',
    },
    {
      name: 'two content types',
      request: { body: ok, headers: { 'Content-Type': ['application/json', 'text/plain'] } },
      status: 400,
      code: 'malformed_request',
      errors: { '#/headers/content-type': 'The header content-type is sent twice. Send it once.' },
    },
    {
      name: 'broken JSON',
      request: { body: '{"name": "abc",}' },
      status: 400,
      code: 'malformed_request',
      errors: { '#': 'The body is not valid JSON (near character 15). Send one JSON object.' },
    },
    {
      name: 'JSON that is cut off',
      request: { body: '{"name": "abc"' },
      status: 400,
      code: 'malformed_request',
    },
    {
      name: 'a field twice',
      request: { body: '{"name":"abc","kind":"big","name":"xyz"}' },
      status: 400,
      code: 'malformed_request',
      errors: { '#/name': 'The field is given twice. Give it once.' },
    },
    {
      name: 'a field twice, once with an escape, deep inside',
      request: { body: '{"name":"abc","kind":"big","tags":["a",{"b":1,"\\u0062":2}]}' },
      status: 400,
      code: 'malformed_request',
      errors: { '#/tags/1/b': 'The field is given twice. Give it once.' },
    },
    {
      name: '__proto__',
      request: { body: '{"name":"abc","kind":"big","owner":{"__proto__":{"id":"x"}}}' },
      status: 400,
      code: 'malformed_request',
      errors: { '#/owner/__proto__': '"__proto__" is no name of a field.' },
    },
    {
      name: 'deep nesting',
      request: { body: nested(1500) },
      status: 400,
      code: 'malformed_request',
      errors: { '#': 'The body is nested deeper than 32 levels.' },
    },
    {
      name: 'a list where an object belongs',
      request: { body: [] },
      status: 400,
      code: 'malformed_request',
      errors: { '#': 'The body must be an object.' },
      detail: 'The body must be an object.',
    },
    {
      name: 'null',
      request: { body: null },
      status: 400,
      code: 'malformed_request',
      errors: { '#': 'The body must be an object.' },
    },
    {
      name: 'invalid UTF-8 in base64',
      request: { body: Uint8Array.of(0x22, 0xff, 0x22) },
      status: 400,
      code: 'malformed_request',
      errors: { '#': 'The body is not UTF-8. Send JSON in UTF-8.' },
    },
    {
      name: 'unknown fields, at every depth',
      request: { body: { ...ok, colour: 1, 'a/b~c': 2, owner: { id: 'x', nick: 'y' } } },
      status: 400,
      code: 'unknown_field',
      errors: {
        '#/owner/nick': 'owner.nick does not exist; there are id.',
        '#/colour': 'colour does not exist; there are name, kind, count, tags, owner.',
        '#/a~1b~0c': 'a/b~c does not exist; there are name, kind, count, tags, owner.',
      },
    },
    {
      name: 'all that is wrong, at once',
      request: { body: { name: 'ABC', count: 0, tags: ['', 'abcd'], owner: 'me' } },
      status: 400,
      code: 'malformed_request',
      errors: {
        '#/name': 'name must be lower-case letters.',
        '#/kind': 'kind is required: "big" or "small".',
        '#/count': 'count must be at least 1.',
        '#/tags/0': 'tags[0] must have at least 1 character.',
        '#/tags/1': 'tags[1] must have at most 3 characters.',
        '#/owner': 'owner must be an object.',
      },
    },
    {
      name: 'a list that is too long',
      request: { body: { ...ok, tags: ['a', 'b', 'c'] } },
      status: 400,
      code: 'malformed_request',
      errors: { '#/tags': 'tags must have at most 2 items.' },
      detail: 'tags must have at most 2 items.',
    },
    {
      name: 'wrong types',
      request: { body: { name: 1, kind: {}, count: 1.5, tags: 'a' } },
      status: 400,
      code: 'malformed_request',
      errors: {
        '#/name': 'name must be a string.',
        '#/kind': 'kind must be "big" or "small".',
        '#/count': 'count must be a whole number.',
        '#/tags': 'tags must be a list.',
      },
    },
    {
      name: 'an unknown query parameter',
      request: { body: ok, query: { dry: 'yes' } },
      status: 400,
      code: 'unknown_field',
      errors: { '#/query/dry': 'query.dry does not exist; there are none.' },
    },
    {
      name: 'nobody signed',
      request: { body: ok, principal: null },
      status: 403,
      code: 'access_denied',
      detail: 'This route needs a request signed with AWS SigV4.',
    },
  ])('$name', async ({ request, status, code, errors, detail }) => {
    const answer = await call(request);
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
      json: {
        type: `urn:fleetseal:problem:${code}`,
        code,
        status,
        requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      },
    });
    if (detail !== undefined) expect(at(answer.json, 'detail')).toBe(detail);
    if (errors === undefined) return;
    expect(told(answer)).toEqual(errors);
  });
});

describe('a failure', () => {
  const failing = (thrown: unknown) =>
    api({ name: 'fail', access: 'public' }, async () => {
      throw thrown;
    });
  const named = (name: string, more: object = {}) =>
    Object.assign(new Error('secret detail'), { name }, more);

  test.each([
    {
      name: 'an unknown error',
      thrown: new TypeError('table prod-42 is gone'),
      status: 500,
      code: 'internal',
    },
    { name: 'something that is no error', thrown: 'x', status: 500, code: 'internal' },
    {
      name: 'our own internal error',
      thrown: new AppError('internal', 'table prod-42'),
      status: 500,
      code: 'internal',
    },
    { name: 'a refused AWS call', thrown: named('AccessDeniedException'), status: 500, code: 'internal' },
    {
      name: 'AWS throttling',
      thrown: named('ThrottlingException'),
      status: 503,
      code: 'try_again',
      wait: '2',
    },
    {
      name: 'an AWS outage',
      thrown: named('InternalServerError', { $fault: 'server' }),
      status: 503,
      code: 'try_again',
    },
    {
      name: 'a lost connection',
      thrown: named('Error', { code: 'ECONNRESET' }),
      status: 503,
      code: 'try_again',
    },
    {
      name: 'signing that may work later',
      thrown: named('SigningError', { retryable: true }),
      status: 503,
      code: 'try_again',
    },
    {
      name: 'signing that will not',
      thrown: named('SigningError', { retryable: false }),
      status: 500,
      code: 'internal',
    },
    {
      name: 'a wait of its own',
      thrown: new AppError('try_again', 'Busy.', { retryAfter: 6.2 }),
      status: 503,
      code: 'try_again',
      wait: '7',
    },
    {
      name: 'a limit',
      thrown: new AppError('too_many_requests', 'Slow down.'),
      status: 429,
      code: 'too_many_requests',
      wait: '2',
    },
  ])('$name', async ({ thrown, status, code, wait }) => {
    const { result, log } = await capturingLog(() => send(failing(thrown), { method: 'GET' }));
    expect(result).toMatchObject({ status, json: { code, status } });
    if (wait !== undefined) expect(result.headers['retry-after']).toBe(wait);
    expect(result.body).not.toMatch(/prod-42|secret detail/);
    expect(logLines(log)).toHaveLength(1);
    expect(logLines(log)[0]).toMatchObject({ level: status >= 500 ? 'ERROR' : 'WARN', status, code });
  });

  test('that is a missing token says how to send one', async () => {
    const { result } = await capturingLog(() => send(failing(new AppError('token_missing', 'Send it.'))));
    expect(result.headers['www-authenticate']).toBe('Bearer realm="fleetseal"');
  });

  test('near the timeout of the function is told to try again', async () => {
    const hanging = api({ name: 'hang', access: 'public' }, () => new Promise(() => {}));
    const { gatewayEvent } = await import('./gateway.ts');
    const context = { getRemainingTimeInMillis: () => 260 } as Parameters<typeof hanging>[1];
    const { result } = await capturingLog(() => hanging(gatewayEvent({ method: 'GET' }), context));
    expect(result.statusCode).toBe(503);
  });
});
