import { describe, expect, test } from '@jest/globals';
import { at } from '../../support/json.ts';
import { told } from '../functions/told.ts';
import type { Call } from './gateway.ts';
import { call, ok } from './thing.ts';

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
      errors: { '#': 'A body is required. Send one JSON object.' },
    },
    {
      name: 'a body above 16 KB',
      request: { body: { ...ok, name: 'a'.repeat(16_384) } },
      status: 413,
      code: 'payload_too_large',
      detail: 'The body is larger than 16384 bytes (16 KB). Send a smaller one.',
    },
    {
      name: 'a body above 16 KB because of a CA',
      request: { body: { deployment: { trust: { kafka: { pem: 'a'.repeat(16_384) } } } } },
      status: 413,
      code: 'payload_too_large',
      detail:
        'The body is larger than 16384 bytes (16 KB). Send a smaller one: a CA in trust can be a path on the host instead of pem.',
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
      errors: { '#/headers/content-type': 'The header content-type was sent more than once. Send it once.' },
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
      errors: { '#/name': 'The field appears more than once. Send it once.' },
    },
    {
      name: 'a field twice, once with an escape, deep inside',
      request: { body: '{"name":"abc","kind":"big","tags":["a",{"b":1,"\\u0062":2}]}' },
      status: 400,
      code: 'malformed_request',
      errors: { '#/tags/1/b': 'The field appears more than once. Send it once.' },
    },
    {
      name: '__proto__',
      request: { body: '{"name":"abc","kind":"big","owner":{"__proto__":{"id":"x"}}}' },
      status: 400,
      code: 'malformed_request',
      errors: { '#/owner/__proto__': 'A field must not be named "__proto__".' },
    },
    {
      name: 'deep nesting',
      request: { body: nested(1500) },
      status: 400,
      code: 'malformed_request',
      errors: { '#': 'The body is nested deeper than 32 levels. Send a flatter one.' },
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
      errors: { '#': 'The body is not UTF-8. Send plain JSON in UTF-8.' },
    },
    {
      name: 'unknown fields, at every depth',
      request: { body: { ...ok, colour: 1, 'a/b~c': 2, owner: { id: 'x', nick: 'y' } } },
      status: 400,
      code: 'unknown_field',
      errors: {
        '#/owner/nick': 'owner.nick is not a known field; the fields are id.',
        '#/colour': 'colour is not a known field; the fields are name, kind, count, tags, owner.',
        '#/a~1b~0c': 'a/b~c is not a known field; the fields are name, kind, count, tags, owner.',
      },
    },
    {
      name: 'all that is wrong, at once',
      request: { body: { name: 'ABC', count: 0, tags: ['', 'abcd'], owner: 'me' } },
      status: 400,
      code: 'malformed_request',
      errors: {
        '#/name': 'name must be lower-case letters.',
        '#/kind': 'kind is required and must be "big" or "small".',
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
      errors: { '#/query/dry': 'query.dry is not a known field; none are allowed here.' },
    },
    {
      name: 'nobody signed',
      request: { body: ok, principal: null },
      status: 403,
      code: 'access_denied',
      detail: 'This route requires a request signed with AWS Signature Version 4.',
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
