import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { grantedPermissions } from '../../support/granted-permissions.ts';
import { at, listAt } from '../../support/json.ts';
import {
  fixtureResources,
  getItem,
  putItem,
  type Step,
  type StepResult,
  TABLE,
  transact,
  writeAssembly,
} from './fixture.ts';

const assembly = writeAssembly();
const data = mkdtempSync(join(tmpdir(), 'fleetseal-policies-'));
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly, data, port: 0, log: () => {} });
});

afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => cloud.calls.reset());

async function run(...calls: Step[]): Promise<readonly StepResult[]> {
  const answer = await callApi(cloud, { method: 'POST', path: '/v1/items', body: { calls } });
  return listAt(answer.json, 'results') as readonly StepResult[];
}

const keyArn = () =>
  grantedPermissions(assembly, cloud).find(({ action }) => action === 'kms:Sign')?.resource ?? 'none';
const sign = (SigningAlgorithm = 'ECDSA_SHA_256', MessageType = 'DIGEST'): Step => ({
  service: 'kms',
  action: 'Sign',
  input: { KeyId: keyArn(), SigningAlgorithm, MessageType, Message: '00'.repeat(32) },
});
const query = (IndexName: string | undefined, name: string, value: string): Step => ({
  service: 'dynamodb',
  action: 'Query',
  input: {
    TableName: TABLE,
    ...(IndexName === undefined ? {} : { IndexName }),
    KeyConditionExpression: '#name = :value',
    ExpressionAttributeNames: { '#name': name },
    ExpressionAttributeValues: { ':value': { S: value } },
  },
});
const batch = (...keys: string[]): Step => ({
  service: 'dynamodb',
  action: 'BatchGetItem',
  input: { RequestItems: { [TABLE]: { Keys: keys.map((pk) => ({ pk: { S: pk } })) } } },
});

describe('what the policies allow goes through', () => {
  test.each([
    { name: 'a put of an allowed key', step: () => putItem('TOKEN#a') },
    { name: 'a read of an allowed key', step: () => getItem('TOKEN#a') },
    { name: 'a batch of allowed keys', step: () => batch('TOKEN#a', 'TOKEN#b') },
    { name: 'a transaction whose items are all allowed', step: () => transact(['TOKEN#c'], ['NAME#x']) },
    {
      name: 'a query of an index that is granted by its ARN',
      step: () => query('byShard', 'shard', 'open-1'),
    },
    { name: 'a signature that the key policy allows', step: () => sign() },
  ])('$name', async ({ step }) => {
    expect(await run(step())).toMatchObject([{ ok: true }]);
  });
});

describe('what no policy allows fails as in AWS and names what is missing', () => {
  test.each([
    {
      name: 'a put of another key',
      step: () => putItem('CERT#a'),
      action: 'dynamodb:PutItem',
      why: 'no identity-based policy allows',
    },
    {
      name: 'a batch with one key too many',
      step: () => batch('TOKEN#a', 'CERT#a'),
      action: 'dynamodb:BatchGetItem',
      why: 'no identity-based policy allows',
    },
    {
      name: 'a transaction with one item too many',
      step: () => transact(['TOKEN#d', 'CERT#d']),
      action: 'dynamodb:PutItem',
      why: 'no identity-based policy allows',
    },
    {
      name: 'a check of a key that may only be written',
      step: () => transact(['TOKEN#d'], ['TOKEN#x']),
      action: 'dynamodb:ConditionCheckItem',
      why: 'no identity-based policy allows',
    },
    {
      name: 'a query of an index whose grant relies on dynamodb:LeadingKeys',
      step: () => query('byOwner', 'owner', 'open-1'),
      action: 'dynamodb:Query',
      why: 'no identity-based policy allows',
    },
    {
      name: 'a query of an index whose refusal relies on dynamodb:LeadingKeys',
      step: () => query('bySecret', 'secret', 'open-1'),
      action: 'dynamodb:Query',
      why: 'with an explicit deny in an identity-based policy',
    },
    {
      name: 'a query of the table itself',
      step: () => query(undefined, 'pk', 'TOKEN#a'),
      action: 'dynamodb:Query',
      why: 'no identity-based policy allows',
    },
    {
      name: 'another message type than the key policy says',
      step: () => sign('ECDSA_SHA_256', 'RAW'),
      action: 'kms:Sign',
      why: 'no identity-based policy allows',
    },
  ])('$name', async ({ step, action, why }) => {
    const [result] = await run(step());
    expect(result).toMatchObject({ ok: false, name: 'AccessDeniedException' });
    expect(result?.message).toMatch(
      /^User: arn:aws:sts::000000000000:assumed-role\/fixture-WorkRole\/fixture-Work is not authorized to perform: /,
    );
    expect(result?.message).toContain(`${action} on resource: arn:aws:`);
    expect(result?.message).toContain(why);
    expect(cloud.calls.all()).toMatchObject([{ decision: 'denied', outcome: 'AccessDeniedException' }]);
  });

  test('nothing of a refused transaction is written', async () => {
    await run(transact(['TOKEN#never', 'CERT#never']));
    expect(await run(getItem('TOKEN#never'))).toMatchObject([
      { ok: true, output: expect.not.objectContaining({ Item: expect.anything() }) },
    ]);
  });

  test('an explicit deny of the key policy beats an allow', async () => {
    await expect(cloud.invoke('fixture-Other', { calls: [sign()] })).resolves.toMatchObject({
      body: expect.stringContaining('with an explicit deny in a resource-based policy'),
    });
  });
});

test('a role that signs does so for its own function only', async () => {
  await expect(cloud.invoke('fixture-Work', { calls: [sign()] })).resolves.toMatchObject({
    body: expect.stringContaining('"ok":true'),
  });
  await expect(cloud.invoke('fixture-Impostor', { calls: [sign()] })).resolves.toMatchObject({
    body: expect.stringContaining('with an explicit deny in an identity-based policy'),
  });
});

describe('the boundary counts', () => {
  test('every call, with the request that caused it', async () => {
    await Promise.all([run(putItem('TOKEN#1'), getItem('TOKEN#1')), run(transact(['TOKEN#2', 'TOKEN#3']))]);
    const calls = cloud.calls.all();
    const byRequest = Map.groupBy(calls, (call) => call.requestId);
    expect([...byRequest.values()].map((group) => group.map((call) => call.action)).sort()).toEqual([
      ['PutItem', 'GetItem'],
      ['TransactWriteItems'],
    ]);
    expect(calls.find((call) => call.action === 'TransactWriteItems')).toMatchObject({
      service: 'dynamodb',
      function: 'fixture-Work',
      role: 'fixture-WorkRole',
      decision: 'allowed',
      outcome: 'ok',
      resources: [expect.stringContaining(`table/${TABLE}`), expect.stringContaining(`table/${TABLE}`)],
    });
  });

  test('permissions that were used, beside those that the template grants', async () => {
    await run(putItem('TOKEN#used'), sign());
    const used = cloud.usedPermissions();
    expect(used).toContainEqual(
      expect.objectContaining({
        role: 'fixture-WorkRole',
        action: 'dynamodb:PutItem',
        context: { 'dynamodb:LeadingKeys': [expect.stringMatching(/^TOKEN#/)] },
      }),
    );
    expect(used.map((permission) => permission.action)).not.toContain('dynamodb:DeleteItem');
    const granted = grantedPermissions(assembly, cloud).map(({ role, action }) => `${role} ${action}`);
    expect(granted).toEqual(
      expect.arrayContaining([
        'fixture-WorkRole dynamodb:PutItem',
        'fixture-WorkRole kms:Sign',
        'fixture-OtherRole kms:*',
      ]),
    );
  });
});

describe('admin routes ask for execute-api:Invoke', () => {
  test.each([
    { policy: 'Reader', path: '/v1/items/7', status: 200 },
    { policy: 'Reader', path: '/v1/items', status: 403 },
    { policy: 'Lister', path: '/v1/items', status: 200 },
    { policy: 'Lister', path: '/v1/items/7', status: 403 },
    { policy: undefined, path: '/v1/items', status: 403 },
  ])('$policy on $path: $status', async ({ policy, path, status }) => {
    const credentials = policy === undefined ? cloud.noPermissions : cloud.credentialsFor(policy);
    const answer = await callApi(cloud, { path, credentials });
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(at(answer.json, 'type')).toBe('ACCESS_DENIED');
      expect(at(answer.json, 'detail')).toContain(
        `is not authorized to perform: execute-api:Invoke on resource:`,
      );
    }
  });

  test('a policy that is not there is named with those that are', () => {
    expect(() => cloud.credentialsFor('Writer')).toThrow(
      /no name contains "Writer"; the names are .*Reader.*Lister/,
    );
  });
});

test('a resource type that nobody serves stops the start', async () => {
  const strange = writeAssembly({ ...fixtureResources(), Stream: { Type: 'AWS::Kinesis::Stream' } });
  await expect(
    startLocalCloud({ assembly: strange, data: `${data}-strange`, port: 0, log: () => {} }),
  ).rejects.toThrow('the local cloud does not know AWS::Kinesis::Stream: serve it, or list it');
  rmSync(strange, { recursive: true });
});
