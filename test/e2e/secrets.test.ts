import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ApiRequest } from '../support/api-client.ts';
import { enrollment, idOf, TestCloud } from '../support/cloud.ts';
import { makeKey } from '../support/csr.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());

const PASSPHRASE = `correct horse ${randomBytes(8).toString('hex')}`;
const PRIVATE_KEY = String(makeKey('p256').export({ type: 'pkcs8', format: 'pem' }));

/** Every route, with secrets wherever a confused caller might put them. */
function requests(token: string): readonly ApiRequest[] {
  const bearer = { authorization: `Bearer ${token}` };
  const { admin } = cloud.local;
  const secrets = [token, PRIVATE_KEY, PASSPHRASE];
  const misplaced = secrets.flatMap((secret): readonly ApiRequest[] => [
    {
      method: 'POST',
      path: '/v1/enroll',
      headers: bearer,
      body: { name: secret, csr: secret, dnsNames: [secret] },
    },
    { method: 'POST', path: '/v1/enroll', headers: bearer, body: enrollment({ [secret]: secret }) },
    {
      method: 'POST',
      path: '/v1/enroll',
      headers: { authorization: `Bearer ${secret.replaceAll('\n', '')}` },
      body: enrollment(),
    },
    {
      method: 'POST',
      path: '/v1/enroll',
      headers: bearer,
      body: enrollment({ deployment: { model: secret, os: secret, keyPassphraseFile: secret } }),
    },
    { method: 'POST', path: '/v1/enroll', headers: bearer, body: secret },
    { method: 'POST', path: '/v1/revoke', headers: bearer, body: { cms: secret } },
    { method: 'POST', path: '/v1/revoke', headers: bearer, body: { jws: secret, [secret]: secret } },
    {
      method: 'POST',
      path: '/v1/tokens',
      credentials: admin,
      body: { profile: secret, names: { commonName: secret } },
    },
    {
      method: 'POST',
      path: '/v1/tokens',
      credentials: admin,
      body: { profile: 'agent', names: { commonName: 'a-*' }, description: secret },
    },
    {
      method: 'POST',
      path: '/v1/kits',
      credentials: admin,
      body: {
        profile: 'agent',
        name: 'a-1',
        serialNumber: secret,
        deployment: { fleetUrl: secret, fleetEnrollmentToken: secret, keyPassphraseFile: secret },
      },
    },
    {
      method: 'POST',
      path: '/v1/kits',
      credentials: admin,
      body: { profile: 'agent', name: 'a-1', deployment: { model: secret, fleetEnrollmentToken: secret } },
    },
    { method: 'GET', path: `/v1/tokens/${encodeURIComponent(secret)}`, credentials: admin },
    { method: 'DELETE', path: `/v1/tokens/${encodeURIComponent(secret)}`, credentials: admin },
    { method: 'GET', path: `/v1/tokens?cursor=${encodeURIComponent(secret)}`, credentials: admin },
    { method: 'GET', path: `/v1/certificates/${encodeURIComponent(secret)}`, credentials: admin },
    { method: 'GET', path: `/v1/certificates/${encodeURIComponent(secret)}/kit`, credentials: admin },
    { method: 'GET', path: `/v1/certificates?name=${encodeURIComponent(secret)}`, credentials: admin },
    { method: 'GET', path: `/v1/trust?x=${encodeURIComponent(secret)}`, headers: bearer },
    { method: 'GET', path: '/v1/trust.pem', headers: bearer },
    { method: 'GET', path: '/v1/openapi.json', headers: bearer },
    { method: 'GET', path: `/v1/${encodeURIComponent(secret)}`, headers: bearer },
  ]);
  return [{ method: 'POST', path: '/v1/enroll', headers: bearer, body: enrollment() }, ...misplaced];
}

describe('the log', () => {
  test('says why and whose request was refused, as the runbook promises', async () => {
    const token = await cloud.token();
    const body = enrollment();
    await cloud.enroll(token, body);
    cloud.local.logs.reset();
    await cloud.enroll(token, enrollment());
    await cloud.enroll(`${token.slice(0, -43)}${'x'.repeat(43)}`, enrollment());
    await cloud.enroll(await cloud.token(), { ...enrollment(), name: body.name });
    const reasons = cloud.local.logs
      .lines()
      .map((line) => JSON.parse(line))
      .filter(({ level }) => level === 'WARN')
      .map(({ code, reason }) => ({ code, ...reason }));
    expect(reasons).toEqual([
      {
        code: 'token_rejected',
        authenticated: true,
        refusedAs: 'spent',
        tokenId: idOf(token),
        name: expect.any(String),
      },
      { code: 'token_rejected', refusedAs: 'secret', tokenId: idOf(token), name: expect.any(String) },
      { code: 'name_in_use', authenticated: true, tokenId: expect.any(String), name: body.name },
    ]);
  });
});

describe('no secret reaches a log', () => {
  test('whatever route it is fed through, and when a service fails', async () => {
    const token = await cloud.token({ maxUses: 10 });
    cloud.local.logs.reset();
    for (const request of requests(token)) await cloud.call(request);
    cloud.local.faults.add({ service: 'kms', does: 'throttle', nth: 1 });
    cloud.local.faults.add({ service: 'dynamodb', action: 'GetItem', does: 'drop' });
    await cloud.enroll(token, enrollment());
    await cloud.admin('DELETE', `/v1/tokens/${idOf(token)}`);
    cloud.local.faults.clear();

    const log = cloud.local.logs.lines().join('\n');
    expect(cloud.local.logs.lines().length).toBeGreaterThanOrEqual(requests(token).length);
    expect(log).toContain(idOf(token));
    const secret = token.split('_')[2] ?? '';
    const [, keyBody = ''] = PRIVATE_KEY.split('\n');
    for (const needle of [
      secret,
      keyBody,
      PASSPHRASE,
      'PRIVATE KEY',
      encodeURIComponent(PASSPHRASE),
      JSON.stringify(PRIVATE_KEY).slice(1, -1),
    ])
      expect(log.includes(needle)).toBe(false);
  });
});
