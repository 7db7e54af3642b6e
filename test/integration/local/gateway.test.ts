import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { at } from '../../support/json.ts';
import { writeAssembly } from './fixture.ts';

const assembly = writeAssembly();
const data = mkdtempSync(join(tmpdir(), 'fleetseal-gateway-'));
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly, data, port: 0, log: () => {} });
});

afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

describe('a path finds its resource', () => {
  test.each([
    { method: 'POST', path: '/v1/items', resource: '/items', parameters: null },
    { method: 'POST', path: '/v1/items/', resource: '/items', parameters: null },
    { method: 'PUT', path: '/v1/items/a%2Fb', resource: '/items/{id}', parameters: { id: 'a%2Fb' } },
    { method: 'PATCH', path: '/v1/else/where', resource: '/{proxy+}', parameters: { proxy: 'else/where' } },
    {
      method: 'PATCH',
      path: '/v1/items/7/more',
      resource: '/{proxy+}',
      parameters: { proxy: 'items/7/more' },
    },
  ])('$method $path', async ({ method, path, resource, parameters }) => {
    const { json } = await callApi(cloud, { method, path, body: {} });
    expect(at(json, 'event')).toMatchObject({ resource, pathParameters: parameters, httpMethod: method });
  });

  test.each([
    { name: 'another stage', method: 'GET', path: '/v2/items', status: 403, text: '"message":"Forbidden"' },
    {
      name: 'a method that the resource lacks, though {proxy+} has ANY',
      method: 'DELETE',
      path: '/v1/items',
      status: 403,
      text: 'Missing Authentication Token',
    },
    {
      name: 'the root, which {proxy+} does not cover',
      method: 'GET',
      path: '/v1',
      status: 403,
      text: 'Missing Authentication Token',
    },
    {
      name: 'a function that does not let the gateway in',
      method: 'GET',
      path: '/v1/unpermitted',
      status: 500,
      text: 'Internal server error',
    },
  ])('$name: $status', async ({ method, path, status, text }) => {
    const answer = await callApi(cloud, { method, path });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
  });
});

test('the function gets the event of a REST API', async () => {
  const { json, headers } = await callApi(cloud, {
    method: 'POST',
    path: '/v1/items?b=2&a=1&b=3&empty=',
    headers: { 'x-probe': 'one', 'User-Agent': 'test/1' },
    body: { name: 'grün' },
  });
  expect(at(json, 'event')).toMatchObject({
    path: '/items',
    queryStringParameters: { a: '1', b: '3', empty: '' },
    multiValueQueryStringParameters: { a: ['1'], b: ['2', '3'], empty: [''] },
    headers: { 'x-probe': 'one', 'X-Forwarded-Proto': 'https' },
    multiValueHeaders: { 'x-probe': ['one'] },
    stageVariables: null,
    body: '{"name":"grün"}',
    isBase64Encoded: false,
    requestContext: {
      stage: 'v1',
      path: '/v1/items',
      resourcePath: '/items',
      accountId: '000000000000',
      identity: { sourceIp: '127.0.0.1', userAgent: 'test/1', userArn: null, accountId: null },
    },
  });
  expect(at(json, 'event.requestContext.requestId')).toBe(headers['x-amzn-requestid']);
});

test('a body of a binary media type arrives as base64', async () => {
  const body = JSON.stringify({ 'content-type': 'of the header' });
  const { json } = await callApi(cloud, {
    method: 'PUT',
    path: '/v1/items/1',
    headers: { 'content-type': 'application/octet-stream' },
    body,
  });
  expect(at(json, 'event')).toMatchObject({
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  });
});

describe('what a function answers goes out', () => {
  const answering = (answer: unknown, method = 'POST') =>
    callApi(cloud, { method, path: '/v1/items', body: { answer } });

  test('status, headers and base64 body', async () => {
    const answer = await answering({
      statusCode: 418,
      headers: { 'X-One': '1', 'WWW-Authenticate': 'Bearer' },
      multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
      body: Buffer.from('tea').toString('base64'),
      isBase64Encoded: true,
    });
    expect(answer).toMatchObject({ status: 418, text: 'tea' });
    expect(answer.headers).toMatchObject({
      'x-one': '1',
      'set-cookie': ['a=1', 'b=2'],
      'x-amzn-remapped-www-authenticate': 'Bearer',
      'content-type': 'application/json',
    });
  });

  test.each([
    { name: 'no status', answer: { body: 'x' } },
    { name: 'a body that is no text', answer: { statusCode: 200, body: { a: 1 } } },
    { name: 'an unknown member', answer: { statusCode: 200, boddy: 'x' } },
    { name: 'text alone', answer: 'hello' },
  ])('$name is no answer: 502 by DEFAULT_5XX', async ({ answer }) => {
    const { status, json, headers } = await answering(answer);
    expect(status).toBe(502);
    expect(json).toMatchObject({
      type: 'DEFAULT_5XX',
      detail: 'Internal server error',
      requestId: headers['x-amzn-requestid'],
    });
    expect(headers['content-type']).toBe('application/problem+json');
  });

  test('more than Lambda takes: 413', async () => {
    const { status, json } = await callApi(cloud, {
      method: 'POST',
      path: '/v1/items',
      body: 'x'.repeat(6_300_000),
    });
    expect([status, at(json, 'detail')]).toEqual([413, 'Request Too Long']);
  });
});

describe('Signature Version 4', () => {
  const signed = (changes: object = {}) =>
    callApi(cloud, { path: '/v1/items?a=1&b=%20%2F', credentials: cloud.admin, ...changes });
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);

  test('a good signature tells the function who signed', async () => {
    const { status, json } = await signed();
    expect(status).toBe(200);
    expect(at(json, 'event.requestContext.identity')).toMatchObject({
      userArn: 'arn:aws:iam::000000000000:user/admin',
      accountId: '000000000000',
      accessKey: cloud.admin.accessKeyId,
    });
  });

  test.each([
    { name: 'none', changes: { credentials: undefined }, detail: 'Missing Authentication Token' },
    {
      name: 'a bearer token instead',
      changes: { credentials: undefined, headers: { authorization: 'Bearer abc' } },
      detail: 'not a valid key=value pair',
    },
    {
      name: 'a wrong secret',
      changes: () => ({ credentials: { ...cloud.admin, secretAccessKey: 'wrong' } }),
      detail: 'signature we calculated does not match',
    },
    {
      name: 'an unknown key',
      changes: { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } },
      detail: 'security token included in the request is invalid',
    },
    { name: 'six minutes old', changes: { signingDate: minutes(-6) }, detail: 'Signature expired' },
    { name: 'six minutes early', changes: { signingDate: minutes(6) }, detail: 'Signature not yet current' },
  ])('$name: 403', async ({ changes, detail }) => {
    const { status, json } = await signed(typeof changes === 'function' ? changes() : changes);
    expect(status).toBe(403);
    expect(at(json, 'detail')).toContain(detail);
  });

  test('the window moves with the clock', async () => {
    cloud.clock.shift(3600);
    try {
      expect((await signed()).status).toBe(403);
      expect((await signed({ signingDate: minutes(60) })).status).toBe(200);
    } finally {
      cloud.clock.shift(0);
    }
  });

  test('as curl makes it, and not with the body changed on the way', async () => {
    const { accessKeyId, secretAccessKey } = cloud.admin;
    const curl = async (...more: string[]) => {
      const { stdout } = await promisify(execFile)('curl', [
        ...['-s', '-o', '/dev/null', '-w', '%{http_code}', '--cacert', cloud.caFile],
        ...[
          '--aws-sigv4',
          `aws:amz:${cloud.region}:execute-api`,
          '--user',
          `${accessKeyId}:${secretAccessKey}`,
        ],
        ...more,
      ]);
      return stdout;
    };
    expect(await curl(`${cloud.url}/v1/items`)).toBe('200');
    expect(await curl(`${cloud.url}/v1/items?cursor=&limit=5`)).toBe('200');
    expect(await curl(`${cloud.url}/v1/items/abc-123`)).toBe('200');
    expect(await curl(`${cloud.url}/v1/items`, '-H', 'X-Amz-Content-Sha256: 00')).toBe('403');
  });
});

test('HEAD has the headers of an answer without its body', async () => {
  const answer = await callApi(cloud, { method: 'HEAD', path: '/v1/anything' });
  expect(answer.status).toBe(200);
  expect(answer.text).toBe('');
  expect(Number(answer.headers['content-length'])).toBeGreaterThan(100);
});
