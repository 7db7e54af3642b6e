import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { matchesPart } from '../../infra/local/service/names.ts';
import { synthesize } from '../../infra/synthesize.ts';
import { DAY } from '../../shared/domain/duration.ts';
import { issuedIn } from '../support/api-client.ts';
import { TestCloud } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';
import { CompanyCa } from '../support/company-ca.ts';
import { makeCsr } from '../support/csr.ts';
import { at, listAt, textAt } from '../support/json.ts';
import { openssl } from '../support/openssl.ts';
import { enrolledHost, renew, renewalJws } from '../support/renewals.ts';

/*
 * An authority whose root is a company's: openssl plays its CA. The issuers' keys are in the local cloud's KMS, each call is
 * checked against the policies of the template, and openssl verifies what comes out against the root alone.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-external-'));
const root = new CompanyCa(join(directory, 'root'), 'Acme Root');
const policyCa = new CompanyCa(join(directory, 'policy'), 'Acme Policy CA', { above: root, days: 3650 });
const nextRoot = new CompanyCa(join(directory, 'next'), 'Acme Root 2');

const issuers = Array.from({ length: 18 }, (_, index) => ({
  id: `issuer-${index + 1}`,
  keySpec: 'ECC_NIST_P256',
}));
const settings = (more: object = {}) => ({
  root: { kind: 'external', certificate: root.pem },
  issuers,
  revocation: { crlShards: 1 },
  rootAdoptionPercent: 0,
  ...more,
});

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start({ assembly: synthesize(join(directory, 'out'), settings()) });
}, 240_000);
afterEach(() => cloud.local.faults.clear());
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

const request = async (id?: string) => cloud.admin('POST', '/v1/issuers', id === undefined ? {} : { id });
const csrOf = async (id: string) => textAt((await request(id)).json, 'csr');
const install = (id: string, certificate: string, chain?: readonly string[]) =>
  cloud.admin('PUT', `/v1/issuers/${id}/certificate`, { certificate, ...(chain ? { chain } : {}) });
const change = (id: string, action: string, body = {}) =>
  cloud.admin('POST', `/v1/issuers/${id}/${action}`, body);
const maintain = async () => {
  await cloud.local.invoke('maintain-authority', {});
  await cloud.local.invoke('publish-crls', {});
};

/** By openssl, with nothing but the root that is trusted. */
function verifies(certificate: string, chain: readonly string[], ca = root): string {
  const [leaf, others] = [join(directory, 'leaf.pem'), join(directory, 'others.pem')];
  writeFileSync(leaf, certificate);
  writeFileSync(others, chain.join(''));
  const time = ['-attime', String(cloud.seconds())];
  return openssl('verify', '-x509_strict', ...time, '-CAfile', ca.file, '-untrusted', others, leaf).trim();
}

async function enrolled() {
  const host = await enrolledHost(cloud);
  const answer = await cloud.admin('GET', `/v1/certificates/${host.serialNumber}`);
  return { host, issuer: textAt(answer.json, 'issuer') };
}

test('a new authority trusts the root, signs nothing, and refuses hosts until an issuer is active', async () => {
  const trust = await cloud.call({ method: 'GET', path: '/v1/trust' });
  expect(at(trust.json, 'bundle')).toBe(root.pem);
  expect(at(trust.json, 'issuers')).toEqual([]);
  expect((await cloud.admin('GET', '/v1/roots')).json).toMatchObject({
    roots: [{ id: 'root-1', kind: 'external', state: 'ACTIVE', certificate: root.pem }],
  });
  const signed = cloud.local.calls.all().filter(({ action }) => action === 'Sign');
  expect(signed).toEqual([]);
  await maintain();
  const { pem: csr } = makeCsr({ kind: 'p256' });
  const answer = await cloud.enroll(await cloud.token(), { csr, name: 'host-early' });
  expect(answer).toMatchObject({ status: 503, json: { code: 'authority_not_ready' } });
});

test('a CSR out, a certificate in, and hosts enroll and renew below the root of the company', async () => {
  const first = await request();
  expect(first).toMatchObject({ status: 201, json: { id: 'issuer-1', state: 'PENDING', root: 'root-1' } });
  expect((await request()).json).toEqual(first.json);
  const certificate = root.certify(textAt(first.json, 'csr'));
  const installed = await install('issuer-1', certificate);
  expect(installed).toMatchObject({
    status: 200,
    json: { state: 'READY', certificate, chain: [], warnings: [] },
  });
  expect((await install('issuer-1', certificate)).json).toEqual(installed.json);
  await maintain();
  expect((await change('issuer-1', 'activate')).status).toBe(200);

  const { host, issuer } = await enrolled();
  expect(issuer).toBe('issuer-1');
  expect(host.caBundle).toBe(root.pem);
  expect(verifies(host.certificate, [certificate])).toMatch(/: OK$/);

  cloud.pass(25 * DAY);
  const key = makeCsr({ kind: 'p256' });
  const renewal = await renew(cloud, { jws: renewalJws(cloud, host, key) });
  expect(renewal.status).toBe(201);
  const next = issuedIn(renewal);
  expect(verifies(next.certificate, [certificate])).toMatch(/: OK$/);
});

test('the next issuer is certified by a CA below the root, takes over, and chains carry that CA', async () => {
  const certificate = policyCa.certify(await csrOf('issuer-2'));
  expect((await install('issuer-2', certificate)).json).toMatchObject({ code: 'issuer_refused' });
  const installed = await install('issuer-2', certificate, [policyCa.pem]);
  expect(installed).toMatchObject({ status: 200, json: { state: 'READY', chain: [policyCa.pem] } });
  await maintain();
  expect((await change('issuer-2', 'activate')).json).toMatchObject({ changed: ['issuer-2', 'issuer-1'] });
  const { pem: csr } = makeCsr({ kind: 'p256' });
  const answer = await cloud.enroll(await cloud.token(), { csr, name: 'host-below-policy' });
  expect(at(answer.json, 'chain')).toEqual([certificate, policyCa.pem]);
  expect(verifies(textAt(answer.json, 'certificate'), [certificate, policyCa.pem])).toMatch(/: OK$/);
  expect(() => verifies(textAt(answer.json, 'certificate'), [certificate])).toThrow();
  const trust = await cloud.call({ method: 'GET', path: '/v1/trust' });
  expect(at(trust.json, 'issuers.1')).toMatchObject({
    id: 'issuer-2',
    state: 'ACTIVE',
    chain: [policyCa.pem],
  });
});

test("its issuers publish their lists and answer OCSP; the lists of the root are its CA's", async () => {
  await maintain();
  const { httpUrl } = cloud.local;
  const status = async (path: string) => (await fetch(`${httpUrl}${path}`)).status;
  for (const id of ['issuer-1', 'issuer-2']) expect(await status(`/crl/${id}/full.crl`)).toBe(200);
  expect(await status('/crl/bundle.pem')).toBe(200);
  expect(await status('/crl/root-1/ca.crl')).toBeGreaterThanOrEqual(400);
  const { host } = await enrolled();
  const [leaf, issuer] = [join(directory, 'asked.pem'), join(directory, 'issuer.pem')];
  writeFileSync(leaf, host.certificate);
  const trust = await cloud.call({ method: 'GET', path: '/v1/trust' });
  writeFileSync(issuer, textAt(trust.json, 'issuers.1.certificate'));
  const files = ['-issuer', issuer, '-cert', leaf, '-url', `${httpUrl}/ocsp`, '-no_nonce', '-noverify'];
  // The local cloud is in this process: openssl must not block it.
  expect(await mustRun('openssl', ['ocsp', ...files])).toMatch(/(^|: )good$/m);
});

test('a compromise hands over to the next issuer; its CA revokes, and nothing here does', async () => {
  const ready = root.certify(await csrOf('issuer-3'));
  await install('issuer-3', ready);
  await maintain();
  const answer = await change('issuer-2', 'compromise');
  expect(answer).toMatchObject({
    status: 200,
    json: {
      changed: ['issuer-2', 'issuer-3'],
      effect: {
        revocation: expect.stringContaining('have the CA that certified it revoke the serial number'),
      },
    },
  });
  expect(at(answer.json, 'revokeAt')).toBeUndefined();
  cloud.pass(8 * DAY);
  await maintain();
  const { json } = await cloud.admin('GET', '/v1/issuers');
  const [, second] = listAt(json, 'items');
  expect(second).toMatchObject({ state: 'COMPROMISED' });
  expect(at(second, 'revokedAt')).toBeUndefined();
  expect((await enrolled()).issuer).toBe('issuer-3');
});

test('no root is certified here: the refusal says how the next one comes', async () => {
  expect(await cloud.admin('POST', '/v1/roots/root-2/certify')).toMatchObject({
    status: 409,
    json: { code: 'state_conflict', detail: expect.stringContaining('to the setting "successorRoots"') },
  });
});

/** Calls of a request, in order. */
async function actionsOf(name: string, act: () => Promise<unknown>): Promise<readonly string[]> {
  cloud.local.calls.reset();
  await act();
  return cloud.local.calls
    .all()
    .filter((call) => matchesPart(call.function ?? '', name))
    .map(({ action }) => action);
}

const KILLS = ['kill-before', 'kill-after'] as const;

test('cut off at each call, the CSR and the installation end the same', async () => {
  let slot = 4;
  const requested = await actionsOf('certify-issuer', () => request(`issuer-${slot}`));
  // The query before the signature asks whether the key is a root's, whose uses are recorded.
  expect(requested).toEqual(['Query', 'Query', 'GetPublicKey', 'PutItem', 'Query', 'Sign', 'UpdateItem']);
  const certificate = root.certify(await csrOf(`issuer-${slot}`));
  const installed = await actionsOf('install-issuer', () => install(`issuer-${slot}`, certificate));
  expect(installed.toSorted()).toEqual(['Query', 'Query', 'Query', 'UpdateItem']);
  for (let nth = 1; nth <= Math.max(requested.length, installed.length); nth++)
    for (const does of KILLS) {
      slot += 1;
      const id = `issuer-${slot}`;
      cloud.local.faults.add({ function: 'certify-issuer', nth, does });
      await request(id).catch(() => undefined);
      cloud.local.faults.clear();
      const csr = await csrOf(id);
      expect(await csrOf(id)).toBe(csr);
      const made = root.certify(csr);
      cloud.local.faults.add({ function: 'install-issuer', nth, does });
      await install(id, made).catch(() => undefined);
      cloud.local.faults.clear();
      const answer = await install(id, made);
      expect({ nth, does, ...answer }).toMatchObject({ nth, does, status: 200, json: { state: 'READY' } });
      expect(at(answer.json, 'changes.*.to')).toEqual(['PENDING', 'READY']);
      if (slot === issuers.length) return;
    }
}, 240_000);

test('the next root of the company: trusted with a deployment, activated, and issued below', async () => {
  const successorRoots = [{ id: 'root-2', kind: 'external', certificate: nextRoot.pem }];
  const more = [...issuers, { id: 'issuer-19', keySpec: 'ECC_NIST_P256' }];
  const assembly = synthesize(join(directory, 'next-out'), settings({ successorRoots, issuers: more }));
  cloud = await cloud.redeploy(assembly);
  const trust = await cloud.call({ method: 'GET', path: '/v1/trust' });
  expect(at(trust.json, 'bundle')).toBe(root.pem + nextRoot.pem);
  const certificate = nextRoot.certify(await csrOf('issuer-19'));
  expect((await install('issuer-19', certificate)).json).toMatchObject({ code: 'issuer_refused' });
  expect(await cloud.admin('POST', '/v1/roots/root-2/certify')).toMatchObject({ status: 200 });
  await cloud.local.invoke('measure-adoption', {});
  const body = { verifiers: ['Fleet Servers restarted'] };
  expect((await cloud.admin('POST', '/v1/roots/root-2/acknowledge', body)).status).toBe(200);
  expect((await cloud.admin('POST', '/v1/roots/root-2/activate')).status).toBe(200);
  expect((await install('issuer-19', certificate)).json).toMatchObject({ state: 'READY', root: 'root-2' });
  await maintain();
  expect((await change('issuer-19', 'activate')).status).toBe(200);
  const { host } = await enrolled();
  expect(verifies(host.certificate, [certificate], nextRoot)).toMatch(/: OK$/);
}, 240_000);
