import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { at } from '../../support/json.ts';
import { type LocalDynamo, startDynamo } from '../../support/local-dynamo.ts';
import { type LocalKms, startKms } from '../../support/local-kms.ts';
import { getItem, putItem, type Step, writeAssembly } from './fixture.ts';

/*
 * Keys and tables elsewhere. A small relay plays the other endpoint: it shows what arrives there, and makes keys, which
 * the local KMS has no call for.
 */

const assembly = writeAssembly();
const data = mkdtempSync(join(tmpdir(), 'fleetseal-upstream-'));
const before = { ...process.env };
let kms: LocalKms;
let dynamo: LocalDynamo;
let arrived: { target: string; headers: IncomingHttpHeaders }[] = [];

const relay = (url: () => string, answers: Readonly<Record<string, () => object>> = {}) =>
  createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    arrived.push({ target, headers: request.headers });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const own = answers[target];
    if (own !== undefined) return void response.end(JSON.stringify(own()));
    const {
      host: _,
      connection: __,
      'content-length': ___,
      ...headers
    } = request.headers as Record<string, string>;
    const answer = await fetch(url(), { method: 'POST', headers, body: Buffer.concat(chunks) });
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, '127.0.0.1');

const kmsRelay = relay(() => kms.url, {
  CreateKey: () => ({ KeyMetadata: { KeyId: kms.keys[0]?.arn.split('/')[1], Arn: kms.keys[0]?.arn } }),
});
const dynamoRelay = relay(() => dynamo.url);
const urlOf = (server: typeof kmsRelay) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  kms = await startKms({ keys: [{ keySpec: 'ECC_NIST_P256' }] });
  dynamo = await startDynamo();
});

afterAll(async () => {
  await kms.stop();
  await dynamo.stop();
  for (const server of [kmsRelay, dynamoRelay]) {
    server.close();
    server.closeAllConnections();
  }
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  arrived = [];
  process.env['AWS_ENDPOINT_URL_KMS'] = urlOf(kmsRelay);
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = urlOf(dynamoRelay);
  process.env['AWS_ACCESS_KEY_ID'] = 'AKIAOPERATOR';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
});

afterEach(() => {
  for (const name of Object.keys(process.env).filter((name) => name.startsWith('AWS_')))
    delete process.env[name];
  Object.assign(process.env, before);
});

test('keys and tables elsewhere: made once, called with our own credentials, policies still evaluated here', async () => {
  const start = () => startLocalCloud({ assembly, data, port: 0, log: () => {} });
  await (await start()).stop();
  const cloud = await start();
  const run = async (...calls: Step[]) =>
    at((await callApi(cloud, { method: 'POST', path: '/v1/items', body: { calls } })).json, 'results');
  const sign = (SigningAlgorithm: string): Step => ({
    service: 'kms',
    action: 'Sign',
    input: { KeyId: kms.keys[0]?.arn, SigningAlgorithm, MessageType: 'DIGEST', Message: '00'.repeat(32) },
  });
  try {
    expect(await run(putItem('TOKEN#up'), getItem('TOKEN#up'), sign('ECDSA_SHA_256'))).toMatchObject([
      { ok: true },
      { ok: true, output: { Item: { pk: { S: 'TOKEN#up' } } } },
      { ok: true },
    ]);
    expect(await run(putItem('CERT#up'), sign('ECDSA_SHA_384'))).toMatchObject([
      { name: 'AccessDeniedException' },
      { name: 'AccessDeniedException' },
    ]);
  } finally {
    await cloud.stop();
  }
  const count = (target: string) => arrived.filter((call) => call.target === target).length;
  expect([count('CreateKey'), count('CreateTable'), count('PutItem'), count('Sign')]).toEqual([1, 1, 1, 1]);
  for (const { headers } of arrived)
    expect(headers.authorization).toMatch(
      /Credential=AKIAOPERATOR\/\d{8}\/[\w-]+\/(kms|dynamodb)\/aws4_request/,
    );
});
