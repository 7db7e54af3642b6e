import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';
import { listAt, textAt } from '../support/json.ts';
import { caHashes, certId, nonce, ocspRequest } from '../support/ocsp-request.ts';

let cloud: TestCloud;
let url: string;
let issuer: Uint8Array;
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-ocsp-'));
const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};

beforeAll(async () => {
  cloud = await TestCloud.start();
  url = `${cloud.local.httpUrl}/ocsp`;
  const trust = (await cloud.call({ method: 'GET', path: '/v1/trust' })).json;
  const pem = textAt(listAt(trust, 'issuers')[0], 'certificate');
  file('issuer.pem', pem);
  file('root.pem', textAt(trust, 'bundle'));
  issuer = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});
afterEach(() => cloud.local.faults.clear());

/** Calls of the responder. */
const calls = (action?: string) =>
  cloud.local.calls
    .all()
    .filter((call) => call.function?.includes('answer-ocsp') && (action ?? call.action) === call.action);
const signatures = () => calls('Sign').filter(({ outcome }) => outcome !== 'dropped').length;

async function issued(): Promise<{ readonly serialNumber: string; readonly file: string }> {
  const { json } = await cloud.enroll(await cloud.token(), enrollment());
  const serialNumber = textAt(json, 'serialNumber');
  return { serialNumber, file: file(`${serialNumber}.pem`, textAt(json, 'certificate')) };
}

function requestFor(serialNumber: string, extensions: readonly Uint8Array[] = []): Uint8Array {
  const id = certId({ hash: 'sha1', serialNumber, ...caHashes(issuer, 'sha1') });
  return ocspRequest(id, extensions.length > 0 ? { extensions } : {});
}

async function post(
  body: Uint8Array,
): Promise<{ readonly status: number; readonly headers: Headers; readonly der: string }> {
  const headers = { 'content-type': 'application/ocsp-request' };
  const answer = await fetch(url, { method: 'POST', body: Buffer.from(body), headers });
  return {
    status: answer.status,
    headers: answer.headers,
    der: Buffer.from(await answer.arrayBuffer()).toString('hex'),
  };
}

const get = async (path: string) => {
  const answer = await fetch(`${url}/${path}`);
  return { status: answer.status, der: Buffer.from(await answer.arrayBuffer()).toString('hex') };
};

const revoke = (serialNumber: string) =>
  cloud.admin('POST', `/v1/certificates/${serialNumber}/revoke`, { reason: 'superseded' });

/** `openssl ocsp` as a client; the response is verified against the root alone. */
function openssl(certificate: string, ...more: readonly string[]): Promise<string> {
  const [ca, chain] = [join(directory, 'root.pem'), join(directory, 'issuer.pem')];
  const trust = ['-CAfile', ca, '-verify_other', chain, '-issuer', chain];
  return mustRun('openssl', ['ocsp', ...more, ...trust, '-cert', certificate, '-url', url]);
}

describe('openssl ocsp', () => {
  test.each([{ hash: '-sha1' }, { hash: '-sha256' }])(
    'verifies the responses, with $hash ids',
    async ({ hash }) => {
      const leaf = await issued();
      expect(await openssl(leaf.file, hash, '-no_nonce')).toMatch(/: good/);
      expect(await openssl(leaf.file, hash, '-nonce')).toMatch(/: good/);
      await revoke(leaf.serialNumber);
      expect(await openssl(leaf.file, hash, '-no_nonce')).toMatch(/: revoked[\s\S]*Reason: superseded/);
    },
  );

  test('is answered about the issuer too, by the responder of the root', async () => {
    const [root, chain] = [join(directory, 'root.pem'), join(directory, 'issuer.pem')];
    const args = ['ocsp', '-CAfile', root, '-issuer', root, '-cert', chain, '-url', url, '-no_nonce'];
    expect(await mustRun('openssl', args)).toMatch(/issuer\.pem: good/);
  });
});

describe('a request', () => {
  test('gets the same response by POST and by every way to write a GET, from one signature', async () => {
    const { serialNumber } = await issued();
    const request = requestFor(serialNumber, [nonce(Buffer.alloc(24, 0xff))]);
    cloud.local.calls.reset();
    const { status, headers, der } = await post(request);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/ocsp-response');
    expect(headers.get('cache-control')).toMatch(/^max-age=60, public, no-transform, must-revalidate$/);
    const base64 = Buffer.from(request).toString('base64');
    for (const path of [
      base64,
      encodeURIComponent(base64),
      base64.replaceAll('+', '%2B'),
      base64.replaceAll('/', '%2F'),
    ])
      expect(await get(path)).toEqual({ status: 200, der });
    expect(signatures()).toBe(1);
  });

  test('about a stored response takes one round trip', async () => {
    const { serialNumber } = await issued();
    await post(requestFor(serialNumber));
    cloud.local.calls.reset();
    await post(requestFor(serialNumber, [nonce(randomBytes(16))]));
    expect(calls().map(({ action }) => action)).toEqual(['BatchGetItem']);
  });

  test('about what is not recorded is answered without a signature or a write', async () => {
    cloud.local.calls.reset();
    const { status, der, headers } = await post(requestFor(`01${randomBytes(17).toString('hex')}`));
    expect({ status, der }).toEqual({ status: 200, der: '30030a0106' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(calls().map(({ action }) => action)).toEqual(['BatchGetItem']);
  });

  test.each([
    { name: 'nothing', body: Buffer.alloc(0) },
    { name: 'octets that are no request', body: randomBytes(100) },
    { name: 'text', body: Buffer.from('hello') },
  ])('of $name is malformed', async ({ body }) => {
    expect(await post(body)).toMatchObject({ status: 200, der: '30030a0101' });
  });

  test('that is too large is malformed, with 413', async () => {
    expect(await post(Buffer.alloc(5000, 0x30))).toMatchObject({ status: 413, der: '30030a0101' });
  });

  test('with another method is refused', async () => {
    const answer = await fetch(url, { method: 'PUT', body: 'x' });
    expect([405, 403]).toContain(answer.status);
  });
});

test('200 requests at once about one certificate cause one signature', async () => {
  const { serialNumber } = await issued();
  cloud.local.calls.reset();
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => post(requestFor(serialNumber, [nonce(randomBytes(32))]))),
  );
  const signed = new Set(answers.map(({ der }) => der));
  signed.delete('30030a0103');
  expect(signed.size).toBe(1);
  expect(signatures()).toBe(1);
});

describe('the crash matrix of a signature', () => {
  const EFFECTS = ['kill-before', 'kill-after', 'lose'] as const;
  const CALLS = ['BatchGetItem', 'UpdateItem', 'BatchGetItem', 'Sign', 'UpdateItem'] as const;

  test('its calls', async () => {
    const { serialNumber } = await issued();
    cloud.local.calls.reset();
    await post(requestFor(serialNumber));
    expect(
      calls()
        .map(({ action }) => action)
        .filter((action) => action !== 'Query'),
    ).toEqual(CALLS);
  });

  test.each(CALLS.flatMap((call, index) => EFFECTS.map((does) => ({ call, nth: index + 1, does }))))(
    '$does at call $nth, $call: no second signature in the window, but where a lease ended',
    async ({ nth, does }) => {
      const { serialNumber } = await issued();
      cloud.local.calls.reset();
      cloud.local.faults.add({ function: 'answer-ocsp', nth, does });
      const struck = await post(requestFor(serialNumber));
      cloud.local.faults.clear();
      const before = signatures();
      expect(before).toBeLessThanOrEqual(1);
      cloud.pass(11);
      const after = await post(requestFor(serialNumber));
      expect(after).toMatchObject({ status: 200, der: expect.stringMatching(/^3082/) });
      if (struck.der.startsWith('3082')) expect(after.der).toBe(struck.der);
      const all = signatures();
      expect(all).toBeLessThanOrEqual(before + 1);
      for (let i = 0; i < 3; i++) expect((await post(requestFor(serialNumber))).der).toBe(after.der);
      expect(signatures()).toBe(all);
    },
  );
});
