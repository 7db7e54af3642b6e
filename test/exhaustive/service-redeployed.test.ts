import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import type { Resource } from '../../infra/local/template/assembly.ts';
import { issuedIn } from '../support/api-client.ts';
import { ASSEMBLY } from '../support/assembly.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { makeCsr } from '../support/csr.ts';
import { at } from '../support/json.ts';
import { enrolledHost, renew, renewalJws } from '../support/renewals.ts';

/*
 * The service stack is deleted while operators have its policies, and deployed again. The local cloud refuses what AWS
 * does: it deletes no policy that is attached, which all of them are to the administrator.
 */

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-redeployed-'));
let running: TestCloud | undefined;
afterAll(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The assembly without the service stack: what is deployed once that stack is deleted. */
function withoutService(): string {
  const assembly = join(directory, 'authority-only');
  cpSync(ASSEMBLY, assembly, { recursive: true });
  const file = join(assembly, 'manifest.json');
  const { artifacts, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  const kept = Object.entries(artifacts).filter(([id]) => !id.startsWith('FleetsealService'));
  writeFileSync(file, JSON.stringify({ ...manifest, artifacts: Object.fromEntries(kept) }));
  return assembly;
}

/** What the local CloudFormation has deployed, of the types that others hold on to. */
function deployed(data: string): readonly Resource[] {
  const types = ['AWS::KMS::Key', 'AWS::IAM::Role', 'AWS::IAM::ManagedPolicy', 'AWS::ApiGateway::RestApi'];
  const all: readonly Resource[] = JSON.parse(readFileSync(join(data, 'deployed.json'), 'utf8'));
  return all.filter(({ type, retained }) => retained && types.includes(type));
}

test('keys, roles, operators and hosts go on after the service stack is deleted and deployed again', async () => {
  const data = join(directory, 'data');
  const first = await TestCloud.start({ data });
  running = first;
  const host = await enrolledHost(first);
  const token = await first.token({ maxUses: 2 });
  const { chain } = issuedIn(await first.enroll(token, enrollment()));
  const before = deployed(data);
  expect(before.filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')).toHaveLength(5);

  const deleted = await first.redeploy(withoutService());
  running = deleted;
  expect(deployed(data)).toEqual(before);
  const refused = await deleted.call({ method: 'GET', path: '/v1/trust' });
  expect(refused).toMatchObject({ status: 403, json: { message: 'Forbidden' } });
  const list = await fetch(`${deleted.local.httpUrl}/crl/bundle.pem`);
  expect([list.status, await list.text()]).toEqual([200, expect.stringContaining('BEGIN X509 CRL')]);

  const again = await deleted.redeploy(ASSEMBLY);
  running = again;
  expect(deployed(data)).toEqual(before);
  // The administrator has the same keys and the same policies, which name the same API.
  expect(again.local.admin).toEqual(first.local.admin);
  expect((await again.admin('GET', `/v1/certificates/${host.serialNumber}`)).status).toBe(200);
  const auditor = again.local.credentialsFor('Auditor');
  expect((await again.admin('GET', '/v1/tokens', undefined, auditor)).status).toBe(200);
  // A token from before has uses left, and the issuer is the same.
  expect(issuedIn(await again.enroll(token, enrollment())).chain).toEqual(chain);
  const renewed = await renew(again, { jws: renewalJws(again, host, makeCsr({ kind: host.keyKind })) });
  expect(renewed.status).toBe(201);
  expect(at(renewed.json, 'name')).toBe(host.name);
});
