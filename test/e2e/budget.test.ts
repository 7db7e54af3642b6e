import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at } from '../support/json.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());
beforeEach(() => cloud.local.calls.reset());

const calls = () => cloud.local.calls.all().map(({ service, action }) => `${service} ${action}`);

/** Counted at the boundary between functions and services: what costs money, quota and time. */
describe('the calls of', () => {
  test('an enrollment without contention: one of KMS, three of DynamoDB', async () => {
    const token = await cloud.token();
    for (const round of ['cold', 'warm']) {
      const fresh = round === 'cold' ? token : await cloud.token();
      cloud.local.calls.reset();
      expect((await cloud.enroll(fresh, enrollment())).status).toBe(201);
      expect(calls()).toEqual([
        'dynamodb BatchGetItem',
        'dynamodb TransactWriteItems',
        'kms Sign',
        'dynamodb UpdateItem',
      ]);
    }
  });

  test('a repetition: two reads', async () => {
    const token = await cloud.token();
    const body = enrollment();
    await cloud.enroll(token, body);
    cloud.local.calls.reset();
    expect((await cloud.enroll(token, body)).status).toBe(200);
    expect(calls()).toEqual(['dynamodb BatchGetItem', 'dynamodb GetItem']);
  });

  test('a deployment: none more; a repetition with another one, one write', async () => {
    const token = await cloud.token();
    const deployment = { model: 'on-premises', os: 'linux', fleetUrl: 'https://fleet.example.com:8220' };
    const body = enrollment({ deployment });
    cloud.local.calls.reset();
    await cloud.enroll(token, body);
    expect(calls()).toHaveLength(4);
    const again = ['dynamodb BatchGetItem', 'dynamodb GetItem'];
    for (const { os, expected } of [
      { os: 'linux', expected: again },
      { os: 'macos', expected: [...again, 'dynamodb UpdateItem'] },
      { os: 'macos', expected: again },
    ]) {
      cloud.local.calls.reset();
      await cloud.enroll(token, { ...body, deployment: { ...deployment, os } });
      expect(calls()).toEqual(expected);
    }
  });

  test.each([
    { name: 'an unknown token', token: `fst_${'a'.repeat(16)}_${'b'.repeat(43)}` },
    { name: 'a token with a wrong secret', token: undefined },
  ])('$name: one read, no signature', async ({ token }) => {
    const known = await cloud.token();
    cloud.local.calls.reset();
    const answer = await cloud.enroll(token ?? `${known.slice(0, -43)}${'b'.repeat(43)}`, enrollment());
    expect([answer.status, at(answer.json, 'code')]).toEqual([401, 'token_rejected']);
    expect(calls()).toEqual(['dynamodb BatchGetItem']);
  });

  // What is wrong with a CSR is not told before its token is verified.
  test('a CSR that cannot be read: one read, no signature', async () => {
    const token = await cloud.token();
    cloud.local.calls.reset();
    const answer = await cloud.enroll(token, { name: 'host-1', csr: 'nonsense' });
    expect([answer.status, at(answer.json, 'code')]).toEqual([400, 'malformed_csr']);
    expect(calls()).toEqual(['dynamodb BatchGetItem']);
  });

  test.each([
    { name: 'a request without token', headers: {}, body: enrollment() },
    { name: 'a token of another form', headers: { authorization: 'Bearer nonsense' }, body: enrollment() },
  ])('$name: none', async ({ headers, body }) => {
    const answer = await cloud.call({ method: 'POST', path: '/v1/enroll', headers, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(calls()).toEqual([]);
  });
});
