import './environment.ts';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { handler as answerNotFound } from '../../../functions/answer-not-found/handler.ts';
import { createTokenHandler } from '../../../functions/create-token/handler.ts';
import { getCertificateHandler } from '../../../functions/get-certificate/handler.ts';
import { getCertificateKitHandler } from '../../../functions/get-certificate-kit/handler.ts';
import { getTokenHandler } from '../../../functions/get-token/handler.ts';
import { getTrustHandler } from '../../../functions/get-trust/handler.ts';
import { listCertificatesHandler } from '../../../functions/list-certificates/handler.ts';
import { listTokensHandler } from '../../../functions/list-tokens/handler.ts';
import { renderKitHandler } from '../../../functions/render-kit/handler.ts';
import { revokeTokenHandler } from '../../../functions/revoke-token/handler.ts';
import { formatToken, randomBase62 } from '../../../shared/domain/bootstrap-token.ts';
import { fakeArchive } from '../../fakes/archive.ts';
import { fakeStore, type StoreMethod } from '../../fakes/store.ts';
import { textAt } from '../../support/json.ts';
import { NOW } from '../../support/records.ts';
import { capturingLog } from '../http/captured-log.ts';
import { type Call, send } from '../http/gateway.ts';

const secret = randomBase62(randomBytes, 43);
const token = formatToken(randomBase62(randomBytes, 16), secret);
const privateKey = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

const SECRETS = [
  { kind: 'a token', value: token, visible: secret },
  { kind: 'a PEM key', value: privateKey, visible: privateKey.split('\n')[1] ?? '' },
  { kind: 'a passphrase', value: 'correct-horse-battery', visible: 'correct-horse-battery' },
];

const store = fakeStore();
const clock = () => NOW;
const deps = {
  tokens: store,
  certificates: store,
  authority: store,
  deployments: store,
  revocationUrl: 'http://pki.example.com',
  clock,
  random: randomBytes,
  ...fakeArchive(),
};

const request = { profile: 'agent', names: { commonName: 'web-*' } };

/** Each handler, a call that it would serve, and the store method that it needs. */
const ROUTES: readonly {
  name: string;
  handler: Parameters<typeof send>[0];
  call: Call;
  method?: StoreMethod;
}[] = [
  { name: 'create-token', handler: createTokenHandler(deps), call: { body: request }, method: 'createToken' },
  { name: 'list-tokens', handler: listTokensHandler(deps), call: {}, method: 'listTokens' },
  {
    name: 'get-token',
    handler: getTokenHandler(deps),
    call: { path: { id: 'A'.repeat(16) } },
    method: 'token',
  },
  {
    name: 'revoke-token',
    handler: revokeTokenHandler(deps),
    call: { path: { id: 'A'.repeat(16) } },
    method: 'revokeToken',
  },
  { name: 'list-certificates', handler: listCertificatesHandler(deps), call: {}, method: 'listCertificates' },
  {
    name: 'get-certificate',
    handler: getCertificateHandler(deps),
    call: { path: { serial: '1f'.repeat(18) } },
    method: 'certificate',
  },
  {
    name: 'get-certificate-kit',
    handler: getCertificateKitHandler(deps),
    call: { path: { serial: '1f'.repeat(18) } },
    method: 'certificate',
  },
  {
    name: 'render-kit',
    handler: renderKitHandler(deps),
    call: { body: { profile: 'agent', name: 'web-01', deployment: {} } },
    method: 'readAuthority',
  },
  { name: 'get-trust', handler: getTrustHandler(deps), call: {}, method: 'readAuthority' },
  { name: 'answer-not-found', handler: answerNotFound, call: {} },
];

/** Every place of a request that a caller fills. */
const PLACES: readonly { place: string; put: (call: Call, value: string) => Call }[] = [
  { place: 'the body as it is', put: (call, value) => ({ ...call, body: value }) },
  { place: 'a broken body', put: (call, value) => ({ ...call, body: `{"a": ${value}` }) },
  {
    place: 'a wrong field',
    put: (call, value) => ({ ...call, body: { profile: value, names: value, maxUses: value } }),
  },
  { place: 'an unknown field', put: (call, value) => ({ ...call, body: { ...request, [value]: value } }) },
  {
    place: 'a field twice',
    put: (call, value) => ({ ...call, body: `{${JSON.stringify(value)}:1,${JSON.stringify(value)}:2}` }),
  },
  {
    place: 'the headers',
    put: (call, value) => ({
      ...call,
      headers: { Authorization: `Bearer ${value}`, 'If-None-Match': value, [value]: value },
    }),
  },
  {
    place: 'the content type',
    put: (call, value) => ({ ...call, body: '{}', headers: { 'Content-Type': value } }),
  },
  {
    place: 'the query',
    put: (call, value) => ({ ...call, query: { cursor: value, limit: value, [value]: [value, value] } }),
  },
  { place: 'the path', put: (call, value) => ({ ...call, path: { id: value, serial: value } }) },
];

describe('no log line holds', () => {
  test.each(SECRETS.flatMap((one) => PLACES.map((two) => ({ ...one, ...two }))))(
    '$kind that is sent in $place',
    async ({ value, visible, put }) => {
      for (const { handler, call } of ROUTES) {
        const { result, log } = await capturingLog(() => send(handler, put(call, value)));
        expect(result.status).toBeLessThan(504);
        expect(log).toContain('"requestId"');
        expect(log).not.toContain(visible);
      }
    },
  );

  // A passphrase has no form of its own: in the words of a library it is known by what it is called.
  const named = SECRETS.map((one) => ({ ...one, value: `passphrase=${one.value}` }));

  test.each(named)(
    '$kind that a failing call of AWS repeats, and no answer does',
    async ({ value, visible }) => {
      for (const { handler, call, method } of ROUTES) {
        if (method === undefined) continue;
        store.failNext(method, {
          when: 'before',
          error: new Error(`cannot put ${value}`, { cause: new Error(value) }),
        });
        const { result, log } = await capturingLog(() => send(handler, call));
        expect(result).toMatchObject({ status: 500, json: { code: 'internal' } });
        expect(log).toContain('cannot put');
        expect(`${log}${result.body}`).not.toContain(visible);
      }
    },
  );

  test('the token that was just made', async () => {
    const { result, log } = await capturingLog(() => send(createTokenHandler(deps), { body: request }));
    const made = textAt(result.json, 'token');
    expect(log).toContain('"status":201');
    expect(log).not.toContain(made.slice(-43));
  });
});

describe('the access log', () => {
  test('says who did what, how it ended, and why it was refused', async () => {
    const { log } = await capturingLog(() =>
      send(createTokenHandler(deps), { route: '/tokens', body: { ...request, maxUses: 0 } }),
    );
    const { timestamp: _, durationMs, ...line } = JSON.parse(log);
    expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(line).toEqual({
      level: 'WARN',
      message: 'request',
      function: 'create-token',
      requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
      awsRequestId: 'lambda-request',
      method: 'POST',
      route: '/tokens',
      caller: 'arn:aws:iam::111122223333:user/admin',
      sourceIp: '198.51.100.7',
      status: 400,
      code: 'malformed_request',
      count: 1,
    });
  });
});
