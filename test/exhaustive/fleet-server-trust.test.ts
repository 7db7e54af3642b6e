import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { composeApp } from '../../infra/synthesize.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at } from '../support/json.ts';
import { type CertifiedHost, confirm, enrolledHost, hostOf, renew, renewalJws } from '../support/renewals.ts';

/*
 * A Fleet Server trusts a new root of its clients only after a restart. So the renewal that brings the root says so, and the
 * root is adopted there once the renewal is confirmed, which the host does after the restart.
 */

const DAY = 86_400;
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-fleet-server-'));
let cloud: TestCloud;

beforeAll(async () => {
  const bundles = {
    directory: (name: string) => join(ASSEMBLY, 'bundles', 'functions', name),
    metafile: () => '',
  };
  const settings = { successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384', lifetimeYears: 30 }] };
  const app = composeApp({ outdir: join(directory, 'assembly'), settings, bundles, checkSchemas: false });
  cloud = await TestCloud.start({ assembly: app.synth().directory });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

const DEPLOYMENT = {
  model: 'on-premises',
  os: 'linux',
  stackVersion: '9.5.2',
  fleetUrl: 'https://fleet.example.com:8220',
  fleetServer: {
    policyId: 'fleet-server-policy',
    serviceTokenPath: '/etc/fleet-server/token',
    elasticsearchUrl: 'https://es.example.com:9200',
  },
};

/** Renews with what a host reports, as rotate.sh does. */
async function renewed(host: CertifiedHost) {
  const { text } = await cloud.call({ path: '/v1/trust.pem' });
  const trustSha256 = createHash('sha256').update(text).digest('hex');
  const key = makeCsr({ kind: 'p256' });
  const jws = renewalJws(cloud, host, key, { trustSha256 });
  const answer = await renew(cloud, { jws, deployment: DEPLOYMENT });
  expect(answer.status).toBe(201);
  return { host: hostOf(answer, { ...host, privateKey: key.privateKey }), answer };
}

async function adopted() {
  await cloud.local.invoke('measure-adoption', {});
  const { json } = await cloud.admin('GET', '/v1/roots');
  return at(json, 'roots.*.adoption.adopted');
}

test('a Fleet Server is restarted for a new root, and has adopted it when it is confirmed', async () => {
  const token = { profile: 'fleet-server', names: { commonName: 'fleet', dns: ['fleet.example.com'] } };
  const body = { name: 'fleet', dnsNames: ['fleet.example.com'] };
  const old = await enrolledHost(cloud, { token, body });
  cloud.pass(DAY);
  expect((await cloud.admin('POST', '/v1/roots/root-2/certify')).status).toBe(201);
  expect(await adopted()).toContain(0);
  cloud.pass(20 * DAY);

  const { host, answer } = await renewed(old);
  expect(at(answer.json, 'activation')).toMatchObject({
    agent: 'automatic',
    fleetServer: 'restart',
    commands: ['sudo elastic-agent restart'],
    reason: expect.stringContaining('trusts other roots only after a restart'),
  });
  expect(await adopted()).toContain(0);
  expect((await confirm(cloud, old.serialNumber, host)).status).toBe(204);
  expect(await adopted()).toContain(1);

  cloud.pass(20 * DAY);
  const again = await renewed(host);
  expect(at(again.answer.json, 'activation')).toMatchObject({ fleetServer: 'automatic', commands: [] });
  const denied = cloud.local.calls.all().filter(({ decision }) => decision === 'denied');
  expect(denied.map(({ role, action }) => `${role}: ${action}`)).toEqual([]);
});
