import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { at, listAt, textAt } from '../support/json.ts';
import { openssl } from '../support/openssl.ts';

/*
 * A rollover of roots over HTTP, with openssl as the verifier: one that has only the bundle of before, and one that has
 * only the newest, accept what was issued before, during and after it, as long as the older root is trusted.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-rollover-'));
const DAY = 86_400;
let cloud: TestCloud;
let passed = 0;

beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = {
    successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384', lifetimeYears: 30 }],
    rootAdoptionPercent: 60,
  };
  const outdir = join(directory, 'assembly');
  const app = composeApp({ outdir, settings, bundles, checkSchemas: false });
  cloud = await TestCloud.start({ assembly: app.synth().directory });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

function pass(days: number): void {
  passed += days * DAY;
  cloud.pass(days * DAY);
}

interface Issued {
  readonly certificate: string;
  readonly chain: readonly string[];
  /** Seconds since 1970. */
  readonly at: number;
}

async function enroll(): Promise<Issued> {
  const { json, status } = await cloud.enroll(await cloud.token(), enrollment());
  expect(status).toBe(201);
  const chain = listAt(json, 'chain').map(String);
  return {
    certificate: textAt(json, 'certificate'),
    chain,
    at: Math.floor(Date.now() / 1000) + passed,
  };
}

function verify({ certificate, chain, at: time }: Issued, bundle: string): string {
  const file = (name: string, text: string) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  return openssl(
    ...['verify', '-x509_strict', '-purpose', 'sslclient', '-attime', String(time)],
    ...['-CAfile', file('bundle', bundle), '-untrusted', file('chain', chain.join(''))],
    file('leaf', certificate),
  );
}

const bundle = async () => (await cloud.call({ path: '/v1/trust.pem' })).text;
const post = (path: string, body?: object) => cloud.admin('POST', `/v1/${path}`, body);

test('a rollover of roots, from the first certificate to the retirement of the old root', async () => {
  const old = await bundle();
  const before = await enroll();
  pass(1);

  expect(await post('roots/root-2/certify')).toMatchObject({ status: 201, json: { state: 'TRUSTED' } });
  expect((await post('roots/root-2/certify')).status).toBe(200);
  const both = await bundle();
  expect(both.startsWith(old)).toBe(true);
  await cloud.local.invoke('maintain-authority', {});
  const lists = await fetch(`${cloud.local.httpUrl}/crl/root-2/ca.crl`);
  expect(lists.status).toBe(200);
  expect((await fetch(`${cloud.local.httpUrl}/ca/root-2.cer`)).status).toBe(200);

  pass(1);
  const during = await enroll();
  expect(during.chain).toHaveLength(1);
  await cloud.local.invoke('measure-adoption', {});
  expect(await post('roots/root-2/activate')).toMatchObject({
    status: 409,
    json: {
      code: 'root_not_adopted',
      detail: expect.stringMatching(/^1 of 2 certificates \(50 %, measured at .*\) have root-2/),
    },
  });
  await enroll();
  await cloud.local.invoke('measure-adoption', {});
  expect(await post('roots/root-2/activate')).toMatchObject({
    status: 409,
    json: { code: 'root_not_acknowledged' },
  });
  expect((await post('roots/root-2/acknowledge', { verifiers: ['Logstash'] })).status).toBe(200);
  expect(await post('roots/root-2/activate')).toMatchObject({ status: 200, json: { state: 'ACTIVE' } });

  expect(await post('issuers')).toMatchObject({ status: 201, json: { root: 'root-2' } });
  expect((await post('issuers/issuer-2/activate')).status).toBe(200);
  const after = await enroll();
  expect(after.chain).toHaveLength(2);
  for (const issued of [before, during, after])
    for (const trusted of [old, both]) expect(verify(issued, trusted)).toContain('OK');

  expect(await post('roots/root-1/retire')).toMatchObject({
    status: 409,
    json: { code: 'state_conflict', detail: expect.stringContaining('issuer-1') },
  });
  pass(400);
  await cloud.local.invoke('maintain-authority', {});
  const listed = await cloud.admin('GET', '/v1/issuers');
  if (!at(listed.json, 'items.*.state')?.toString().includes('RETIRED'))
    await post('issuers/issuer-1/retire');
  expect(await post('roots/root-1/retire')).toMatchObject({ status: 200, json: { state: 'RETIRED' } });
  const newest = await bundle();
  expect(both).toBe(old + newest);
  const last = await enroll();
  expect(last.chain).toHaveLength(1);
  expect(verify(last, newest)).toContain('OK');
  const denied = cloud.local.calls.all().filter(({ decision }) => decision === 'denied');
  expect(denied.map(({ role, action }) => `${role}: ${action}`)).toEqual([]);
});
