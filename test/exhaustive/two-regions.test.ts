import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { bundleFunctions } from '../../infra/bundle.ts';
import { composeApp } from '../../infra/synthesize.ts';
import { type ApiAnswer, issuedIn } from '../support/api-client.ts';
import { KEY_MATERIAL } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at, textAt } from '../support/json.ts';
import { openssl } from '../support/openssl.ts';
import { type CertifiedHost, enrolledHost, renew, renewalJws, renewed } from '../support/renewals.ts';

/*
 * The stacks of either Region, one after the other, over the same keys and the same table: the standby has a copy of what the
 * primary left, as the replicas of KMS and DynamoDB are. Everything else is its own: functions, bucket, deployment.
 */

const PRIMARY = 'eu-central-1';
const STANDBY = 'eu-west-1';
const directory = mkdtempSync(join(tmpdir(), 'fleetseal-two-regions-'));
const dataOf = (region: string) => join(directory, region);
const certificateArn = (region: string) =>
  `arn:aws:acm:${region}:000000000000:certificate/11112222-3333-4444-5555-666677778888`;
const api = (region: string) => ({ domainName: 'certs.example.com', certificateArn: certificateArn(region) });

const bundles = bundleFunctions(join(directory, 'bundles'));

/** The stacks of both Regions. */
function assembly(active: 'primary' | 'standby'): string {
  const outdir = join(directory, active);
  const regions = { primary: PRIMARY, standby: STANDBY, active, inStandby: { api: api(STANDBY) } };
  const revocation = { domainName: 'pki.example.com', certificateArn: certificateArn('us-east-1') };
  const settings = { regions, revocation, api: api(PRIMARY) };
  return composeApp({ outdir, settings, bundles, checkSchemas: false }).synth().directory;
}
const assemblies = { primary: assembly('primary'), standby: assembly('standby') };

const running = new Set<TestCloud>();

/** Deploys the stacks of a Region over what it has. */
async function deploy(region: string, active: keyof typeof assemblies): Promise<TestCloud> {
  const [data, assembled] = [dataOf(region), assemblies[active]];
  const cloud = await TestCloud.start({ region, assembly: assembled, data, keyMaterial: KEY_MATERIAL });
  running.add(cloud);
  return cloud;
}

/** As KMS and DynamoDB do, what the primary Region has. */
function replicate(): void {
  rmSync(dataOf(STANDBY), { recursive: true, force: true });
  mkdirSync(dataOf(STANDBY));
  const replicas = readdirSync(dataOf(PRIMARY)).filter(
    (name) => name === 'kms' || name.startsWith('dynamodb.sqlite'),
  );
  for (const name of replicas)
    cpSync(join(dataOf(PRIMARY), name), join(dataOf(STANDBY), name), { recursive: true });
}

/** Stops it, and keeps the data. */
async function end(cloud: TestCloud): Promise<void> {
  running.delete(cloud);
  await cloud.local.stop();
}

/** The number of a list. @param path @default - the one with all certificates of the issuer */
async function listNumber({ local }: TestCloud, path = '/crl/issuer-1/full.crl'): Promise<bigint> {
  const response = await fetch(`${local.httpUrl}${path}`);
  expect(response.status).toBe(200);
  const file = join(directory, 'list.crl');
  writeFileSync(file, Buffer.from(await response.arrayBuffer()));
  const printed = openssl('crl', '-inform', 'DER', '-in', file, '-noout', '-crlnumber');
  return BigInt(`0x${/=(?:0x)?(\w+)/.exec(printed)?.[1] ?? ''}`);
}

const problem = ({ status, json }: ApiAnswer) => ({
  status,
  code: at(json, 'code'),
  detail: at(json, 'detail'),
});
const passive = (here: string, there: string) => ({
  status: 503,
  code: 'authority_not_ready',
  detail: `This is the passive Region, ${here}. Send the same request to the active one, ${there}. If it is out of reach, an operator moves the work here (docs/recovery.md, "A Region fails").`,
});

let host: CertifiedHost;
let token: string;
let issuer: string;
let number: bigint;

beforeAll(async () => {
  const cloud = await deploy(PRIMARY, 'primary');
  host = await enrolledHost(cloud);
  token = await cloud.token({ maxUses: 10 });
  const { chain } = issuedIn(await cloud.enroll(token, enrollment()));
  issuer = chain.join('');
  number = await listNumber(cloud);
  await end(cloud);
});
afterEach(async () => {
  for (const cloud of running) await end(cloud);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('without replicas, the standby asks for the primary first', async () => {
  await expect(deploy(STANDBY, 'primary')).rejects.toThrow('copy kms and dynamodb.sqlite');
});

test('the standby reads, and refuses what writes or signs', async () => {
  replicate();
  const cloud = await deploy(STANDBY, 'primary');
  const expected = passive(STANDBY, PRIMARY);
  expect(problem(await cloud.enroll(token, enrollment()))).toEqual(expected);
  expect(problem(await renew(cloud, { jws: renewalJws(cloud, host, makeCsr({ kind: 'p256' })) }))).toEqual(
    expected,
  );
  expect(
    problem(await cloud.admin('POST', '/v1/tokens', { profile: 'agent', names: { commonName: 'x' } })),
  ).toEqual(expected);
  expect(problem(await cloud.admin('POST', `/v1/certificates/${host.serialNumber}/revoke`, {}))).toEqual(
    expected,
  );
  const { status, json } = await cloud.admin('GET', `/v1/certificates/${host.serialNumber}`);
  expect([status, textAt(json, 'name')]).toEqual([200, host.name]);
  expect((await cloud.call({ path: '/v1/trust' })).status).toBe(200);
  for (const name of [
    'sweep-reservations',
    'publish-events',
    'report-expiry',
    'maintain-authority',
    'publish-crls',
  ])
    await cloud.local.invoke(name, {});
  expect(cloud.local.calls.all().filter(({ action }) => action === 'Sign')).toEqual([]);
  await end(cloud);
});

test('made active, the standby issues, renews and revokes with the same issuer, and its lists follow', async () => {
  const cloud = await deploy(STANDBY, 'standby');
  const { certificate, chain } = issuedIn(await cloud.enroll(token, enrollment()));
  expect(chain.join('')).toBe(issuer);
  expect(certificate).toContain('BEGIN CERTIFICATE');
  const next = await renewed(cloud, host);
  expect(next.name).toBe(host.name);
  expect(await listNumber(cloud)).toBeGreaterThan(number);
  const revoked = await cloud.admin('POST', `/v1/certificates/${next.serialNumber}/revoke`, {});
  const [shard] = /\/crl\/issuer-1\/\d+\.crl/.exec(textAt(revoked.json, 'effect.crl')) ?? [];
  // What is fetched is cached for a minute: the list of the shard is fetched once it was published again.
  await cloud.local.invoke('publish-crls', {});
  expect(await listNumber(cloud, shard)).toBeGreaterThan(number);
  const list = openssl('crl', '-inform', 'DER', '-in', join(directory, 'list.crl'), '-noout', '-text');
  expect(list.toLowerCase()).toContain(next.serialNumber);
  await end(cloud);
});

test('settings of before do not take the work back; a deployment that changes them does', async () => {
  // The primary is back, and its replica has what the standby wrote.
  for (const name of readdirSync(dataOf(STANDBY)).filter((file) => file.startsWith('dynamodb.sqlite')))
    cpSync(join(dataOf(STANDBY), name), join(dataOf(PRIMARY), name));
  const returned = await deploy(PRIMARY, 'primary');
  expect(problem(await returned.enroll(token, enrollment()))).toEqual(passive(PRIMARY, STANDBY));
  await end(returned);
  const told = await deploy(PRIMARY, 'standby');
  expect(problem(await told.enroll(token, enrollment()))).toEqual(passive(PRIMARY, STANDBY));
  await end(told);
  const again = await deploy(PRIMARY, 'primary');
  expect((await again.enroll(token, enrollment())).status).toBe(201);
  await end(again);
});
