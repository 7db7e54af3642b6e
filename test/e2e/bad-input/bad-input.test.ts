import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiRequest } from '../../support/api-client.ts';
import { TestCloud } from '../../support/cloud.ts';
import { makeCsr } from '../../support/csr.ts';
import { at, textAt } from '../../support/json.ts';
import { ADMIN } from './administration.ts';
import { BODIES } from './bodies.ts';
import { CSRS } from './csrs.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { NAMES } from './names.ts';
import { PROOFS } from './proofs.ts';
import type { Caller, TokenName } from './row.ts';
import { TOKENS } from './tokens.ts';

let cloud: TestCloud;
let tokens: Readonly<Record<TokenName, string>>;

beforeAll(async () => {
  cloud = await TestCloud.start();
  const dns = { commonName: 'host-*', dns: ['*.example.com'], ip: ['203.0.113.0/24'] };
  tokens = {
    agent: await cloud.token({ maxUses: 100 }),
    server: await cloud.token({ profile: 'fleet-server', maxUses: 100, names: dns }),
    metrics: await cloud.token({
      profile: 'eck-metrics',
      maxUses: 100,
      names: { commonName: 'host-*', dns: ['*.example.com'] },
    }),
    elsewhere: await cloud.token({ bind: { sourceCidr: ['203.0.113.0/24'] } }),
  };
});
afterAll(() => cloud.stop());
beforeEach(() => cloud.local.calls.reset());

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem', 'Sign'];

/** The problem that a request gets: documented, never a 5xx, and nothing was written or signed for it. */
async function expectProblem(
  request: ApiRequest,
  status: number,
  code: string,
  pointer?: string,
): Promise<void> {
  const answer = await cloud.call(request);
  expect({ status: answer.status, code: at(answer.json, 'code') }).toEqual({ status, code });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.json).toMatchObject({
    type: `urn:fleetseal:problem:${code}`,
    status,
    requestId: expect.any(String),
  });
  expect(textAt(answer.json, 'detail').length).toBeGreaterThan(20);
  if (pointer !== undefined) expect(at(answer.json, 'errors.*.pointer')).toContain(pointer);
  expect(cloud.local.calls.all().filter(({ action }) => WRITES.includes(action))).toEqual([]);
}

const caller: Caller = {
  get token() {
    return tokens.agent;
  },
  enroll: (body, token = 'agent', headers = {}) => ({
    method: 'POST',
    path: '/v1/enroll',
    headers: { authorization: `Bearer ${tokens[token]}`, ...headers },
    body,
  }),
  admin: (method, path, body) => ({
    method,
    path,
    credentials: cloud.local.admin,
    ...(body === undefined ? {} : { body }),
  }),
};

/** All in one local cloud: each would take seconds to start. */
const ALL = [...CSRS, ...BODIES, ...NAMES, ...TOKENS, ...PROOFS, ...DEPLOYMENTS, ...ADMIN];

describe('bad input gets the documented problem, and nothing is written', () => {
  test('of at least 60 kinds', () => expect(ALL.length).toBeGreaterThanOrEqual(60));

  test.each(ALL)('$name: $status $code', ({ request, status, code, pointer }) =>
    expectProblem(request(caller), status, code, pointer),
  );

  test('mutated CSRs: a documented problem, or the certificate of the key that is in them', async () => {
    const der = makeCsr({ commonName: 'host-mutant' }).der;
    const position = fc.nat(der.length - 1);
    const mutation = fc.oneof(
      fc
        .record({ at: position, to: fc.integer({ min: 0, max: 255 }) })
        .map(({ at, to }) => Buffer.from(der).fill(to, at, at + 1)),
      position.map((at) => Buffer.from(der).subarray(0, at)),
      fc
        .record({ at: position, more: fc.uint8Array({ maxLength: 8 }) })
        .map(({ at, more }) => Buffer.concat([der.subarray(0, at), more, der.subarray(at)])),
    );
    await fc.assert(
      fc.asyncProperty(mutation, async (mutant) => {
        fc.pre(Buffer.compare(mutant, der) !== 0);
        cloud.local.calls.reset();
        const answer = await cloud.call(
          caller.enroll({ name: 'host-mutant', csr: mutant.toString('base64') }),
        );
        expect([400, 422]).toContain(answer.status);
        expect(['malformed_csr', 'csr_refused', 'key_refused']).toContain(at(answer.json, 'code'));
        expect(cloud.local.calls.all().filter(({ action }) => WRITES.includes(action))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
