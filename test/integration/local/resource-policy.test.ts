import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { fixtureResources, policy, writeAssembly } from './fixture.ts';

const LOCAL = ['127.0.0.0/8', '::1/128'];

/** The fixture, whose API may be called from these networks only; its policy allows one route without authorization. */
function assemblyFor(networks: readonly string[]): string {
  const fixture = fixtureResources();
  const everyone = { Principal: '*', Action: 'execute-api:Invoke' };
  const Policy = policy(
    { Effect: 'Allow', ...everyone, Resource: 'execute-api:/v1/PUT/items/*' },
    {
      Effect: 'Deny',
      ...everyone,
      Resource: 'execute-api:/*',
      Condition: { NotIpAddress: { 'aws:SourceIp': networks } },
    },
  );
  const Api = { ...fixture.Api, Properties: { ...fixture.Api.Properties, Policy } };
  return writeAssembly({ ...fixture, Api });
}

const assembly = assemblyFor(LOCAL);
const data = mkdtempSync(join(tmpdir(), 'fleetseal-policy-'));
let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ assembly, data, port: 0, log: () => {} });
});
afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

/** The status of a call. @param policyOf whose caller has this policy; none: nobody signs */
async function statusOf(method: string, path: string, policyOf?: string) {
  const credentials = policyOf === undefined ? {} : { credentials: cloud.credentialsFor(policyOf) };
  const body = method === 'PUT' ? { body: {} } : {};
  return (await callApi(cloud, { method, path, ...credentials, ...body })).status;
}

describe('an API with a resource policy', () => {
  test.each([
    { name: 'a route that it allows', method: 'PUT', path: '/v1/items/1', status: 200 },
    {
      name: 'a route without authorization that it does not allow',
      method: 'GET',
      path: '/v1/permitted',
      status: 403,
    },
    {
      name: "a route that the caller's own policy allows",
      method: 'GET',
      path: '/v1/items',
      by: 'Lister',
      status: 200,
    },
    { name: 'a route that neither allows', method: 'GET', path: '/v1/items/1', by: 'Lister', status: 403 },
  ])('$name: $status', async ({ method, path, by, status }) => {
    expect(await statusOf(method, path, by)).toBe(status);
  });
});
