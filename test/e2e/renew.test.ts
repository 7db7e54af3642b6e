import { type KeyObject, X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DAY } from '../../shared/domain/duration.ts';
import { KEY_KINDS, type KeyKind } from '../../shared/domain/key-kind.ts';
import { TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at } from '../support/json.ts';
import { opensslCms } from '../support/proofs.ts';
import { confirm, derOf, enrolledHost, hostOf, renew, renewalJws, renewed } from '../support/renewals.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
});
afterAll(() => cloud.stop());
beforeEach(() => cloud.local.calls.reset());
afterEach(() => cloud.local.faults.clear());

const calls = () => cloud.local.calls.all().map(({ service, action }) => `${service} ${action}`);
const recordOf = async (serial: string) => (await cloud.admin('GET', `/v1/certificates/${serial}`)).json;
const eventsOf = async (serial: string) =>
  [at((await cloud.admin('GET', `/v1/certificates/${serial}/history`)).json, 'items.*.event')].flat();

/** In base64 by openssl, as a host would run it. */
const cms = (
  { certificate, privateKey }: { certificate: string; privateKey: KeyObject },
  content: string | Uint8Array,
) => opensslCms({ certificate: derOf(certificate), privateKey }, content, '-md', 'sha256');

describe('POST /v1/renew', () => {
  test.each(KEY_KINDS.map((kind) => ({ kind })))('$kind: by JWS', async ({ kind }) => {
    const host = await enrolledHost(cloud, { kind });
    const key = makeCsr({ kind });
    const answer = await renew(cloud, { jws: renewalJws(cloud, host, key) });
    expect(answer).toMatchObject({
      status: 201,
      json: { name: host.name, profile: 'agent', renewal: { url: expect.stringContaining('/v1/renewal/') } },
    });
    const certificate = new X509Certificate(String(at(answer.json, 'certificate')));
    expect(certificate.checkPrivateKey(key.privateKey)).toBe(true);
    expect(certificate.subject).toBe(`CN=${host.name}`);
    const confirmed = await confirm(cloud, host.serialNumber, hostOf(answer, { ...host, ...key }));
    expect([confirmed.status, confirmed.text]).toEqual([204, '']);
    // Those of one second are in any order.
    const events = new Set(await eventsOf(host.serialNumber));
    expect(events).toEqual(new Set(['reserved', 'issued', 'renewed', 'successorConfirmed']));
  });

  test.each<{ kind: KeyKind }>([{ kind: 'rsa' }, { kind: 'p256' }, { kind: 'p384' }, { kind: 'p521' }])(
    '$kind: by CMS of openssl, with what the host reports beside it',
    async ({ kind }) => {
      const host = await enrolledHost(cloud, { kind });
      const key = makeCsr({ kind });
      const reports = { trustSha256: 'ab'.repeat(32), fleetAgentId: 'agent-1' };
      const answer = await renew(cloud, { cms: cms(host, key.der), ...reports });
      expect(answer.status).toBe(201);
      const next = hostOf(answer, { ...host, ...key });
      expect(await recordOf(next.serialNumber)).toMatchObject({
        predecessor: host.serialNumber,
        ...reports,
      });
      expect(await recordOf(host.serialNumber)).toMatchObject({
        successor: { serialNumber: next.serialNumber },
      });
      const body = { cms: cms(next, host.serialNumber) };
      expect((await cloud.call({ method: 'POST', path: '/v1/renew/confirm', body })).status).toBe(204);
      expect(await recordOf(host.serialNumber)).toMatchObject({
        successor: { serialNumber: next.serialNumber, confirmedAt: expect.any(String) },
      });
    },
  );

  test('without serial number finds the certificate by its thumbprint', async () => {
    const host = await enrolledHost(cloud);
    cloud.local.calls.reset();
    const jws = renewalJws(cloud, host, makeCsr(), { serialNumber: undefined });
    expect((await renew(cloud, { jws })).status).toBe(201);
    expect(calls()[0]).toBe('dynamodb Query');
  });

  test('makes one call of KMS and three of DynamoDB where the CSR has the names of the certificate', async () => {
    for (const round of ['cold', 'warm']) {
      const host = await enrolledHost(cloud);
      const key = makeCsr({ commonName: host.name });
      cloud.local.calls.reset();
      expect([round, (await renew(cloud, { jws: renewalJws(cloud, host, key) })).status]).toEqual([
        round,
        201,
      ]);
      expect(calls()).toEqual([
        'dynamodb BatchGetItem',
        'dynamodb TransactWriteItems',
        'kms Sign',
        'dynamodb UpdateItem',
      ]);
      cloud.local.calls.reset();
      expect((await renew(cloud, { jws: renewalJws(cloud, host, key) })).status).toBe(200);
      expect(calls()).toEqual(['dynamodb BatchGetItem', 'dynamodb BatchGetItem']);
    }
  });

  test('of a proof by another key: one read, no signature; of no proof: none', async () => {
    const [host, other] = [await enrolledHost(cloud), await enrolledHost(cloud)];
    cloud.local.calls.reset();
    const jws = renewalJws(
      cloud,
      { ...host, privateKey: other.privateKey },
      makeCsr({ commonName: host.name }),
    );
    const answer = await renew(cloud, { jws });
    expect([answer.status, at(answer.json, 'code')]).toEqual([401, 'proof_rejected']);
    expect(answer.headers['www-authenticate'] ?? answer.headers['x-amzn-remapped-www-authenticate']).toBe(
      'Proof-Of-Possession realm="fleetseal"',
    );
    expect(calls()).toEqual(['dynamodb BatchGetItem']);
    cloud.local.calls.reset();
    expect((await renew(cloud, { cms: 'MAA=' })).status).toBe(400);
    expect((await renew(cloud, { jws, trustSha256: 'ab'.repeat(32) })).status).toBe(400);
    expect((await renew(cloud, {})).status).toBe(400);
    expect(calls()).toEqual([]);
  });

  test('of an old proof names both times', async () => {
    const host = await enrolledHost(cloud);
    const jws = renewalJws(cloud, host, makeCsr());
    cloud.pass(600);
    const answer = await renew(cloud, { jws });
    expect([answer.status, at(answer.json, 'code')]).toEqual([401, 'proof_not_fresh']);
    expect(at(answer.json, 'detail')).toMatch(
      /^The proof was signed at 20\S+Z by the clock of the host; here it is 20\S+Z\./,
    );
  });

  test('of an expired certificate, within the grace of three days', async () => {
    const host = await enrolledHost(cloud, { token: { certificateLifetime: 'PT10M' } });
    const late = await enrolledHost(cloud, { token: { certificateLifetime: 'PT10M' } });
    cloud.pass(2 * DAY);
    expect((await renew(cloud, { jws: renewalJws(cloud, host, makeCsr()) })).status).toBe(201);
    cloud.pass(2 * DAY);
    const refused = await renew(cloud, { jws: renewalJws(cloud, late, makeCsr()) });
    expect([refused.status, at(refused.json, 'code')]).toEqual([409, 'certificate_expired']);
  });

  test('of a revoked certificate, and of one whose name is blocked', async () => {
    const [host, other] = [await enrolledHost(cloud), await enrolledHost(cloud)];
    await cloud.admin('POST', `/v1/certificates/${host.serialNumber}/revoke`, { reason: 'superseded' });
    await cloud.admin('PUT', `/v1/blocks/agent/${other.name}`, {});
    const codes = [];
    for (const one of [host, other])
      codes.push(at((await renew(cloud, { jws: renewalJws(cloud, one, makeCsr()) })).json, 'code'));
    expect(codes).toEqual(['certificate_revoked', 'name_blocked']);
  });

  test('what came of a token by renewal is revoked with it', async () => {
    const host = await enrolledHost(cloud);
    const { tokenId } = (await recordOf(host.serialNumber)) as { tokenId: string };
    const next = await renewed(cloud, host);
    const last = await renewed(cloud, next);
    await cloud.admin('POST', `/v1/tokens/${tokenId}/revoke`, {
      certificates: true,
      reason: 'keyCompromise',
    });
    for (const { serialNumber } of [host, next, last])
      expect(await recordOf(serialNumber)).toMatchObject({ state: 'REVOKED' });
  });

  test('gives the kit for a deployment, and remembers what the host said before', async () => {
    const deployment = { model: 'on-premises', os: 'linux', fleetUrl: 'https://fleet.example.com:8220' };
    const host = await enrolledHost(cloud, { body: { deployment } });
    const next = await renewed(cloud, host);
    expect(await recordOf(next.serialNumber)).toMatchObject({ hostDeployment: { os: 'linux' } });
    const answer = await renew(cloud, {
      jws: renewalJws(cloud, next, makeCsr()),
      deployment: { ...deployment, os: 'macos' },
    });
    expect(answer).toMatchObject({ status: 201, json: { kit: { files: expect.any(Array) } } });
  });

  test('goes on for a host whose deployment breaks a rule that came later: without it', async () => {
    const host = await enrolledHost(cloud);
    const csr = makeCsr();
    const deployment = {
      ...{ model: 'on-premises', os: 'linux', directory: '/tmp/tls' },
      fleetUrl: 'https://fleet.example.com:8220',
    };
    expect(await renew(cloud, { jws: renewalJws(cloud, host, csr), deployment })).toMatchObject({
      status: 422,
      json: { code: 'deployment_refused', errors: [{ pointer: '#/deployment/directory' }] },
    });
    expect(await renew(cloud, { jws: renewalJws(cloud, host, csr) })).toMatchObject({ status: 201 });
  });
});
