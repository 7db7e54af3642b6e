import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { fixtureResources, getItem, putItem, type Step, writeAssembly } from './fixture.ts';

let data = '';
const assemblies: string[] = [];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'fleetseal-update-'));
});
afterEach(() => {
  for (const directory of [data, ...assemblies.splice(0)])
    rmSync(directory, { recursive: true, force: true });
});

function start(resources: object, lines: string[] = []) {
  const assembly = writeAssembly(resources);
  assemblies.push(assembly);
  const log = (line: string) => void lines.push(line);
  return startLocalCloud({ assembly, data, port: 0, schedules: false, log });
}

/** Starts over the data with these resources, makes the calls as the function, and stops; returns what it answers. */
async function deploy(resources: object, ...calls: Step[]): Promise<string> {
  const cloud = await start(resources);
  try {
    return JSON.stringify(await cloud.invoke('fixture-Work', { calls }));
  } finally {
    await cloud.stop();
  }
}

/** The fixture with other indexes, by their names. */
function withIndexes(...names: string[]) {
  const { Table, ...rest } = fixtureResources();
  const GlobalSecondaryIndexes = names.map((IndexName) => ({
    IndexName,
    KeySchema: [{ AttributeName: 'shard', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  }));
  const AttributeDefinitions = ['pk', 'shard'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  }));
  const Properties = { ...Table.Properties, AttributeDefinitions, GlobalSecondaryIndexes };
  return { ...rest, Table: { ...Table, Properties } };
}

describe('a start over the data of an older template', () => {
  test('makes or deletes one index, and keeps the items', async () => {
    await deploy(withIndexes('byA', 'byB'), putItem('TOKEN#1'));
    expect(await deploy(withIndexes('byA', 'byB', 'byC'), getItem('TOKEN#1'))).toContain('TOKEN#1');
    expect(await deploy(withIndexes('byB', 'byC'), getItem('TOKEN#1'))).toContain('TOKEN#1');
  });

  test('refuses two index changes at once, and goes on with the template before', async () => {
    await deploy(withIndexes('byA'), putItem('TOKEN#1'));
    await expect(deploy(withIndexes('byA', 'byB', 'byC'))).rejects.toThrow(
      'AWS::DynamoDB::Table Table of fixture: GlobalSecondaryIndexes: at most one index is created or deleted in an update, not +byB +byC',
    );
    expect(await deploy(withIndexes('byA'), getItem('TOKEN#1'))).toContain('TOKEN#1');
  });

  test('refuses another token of a custom resource', async () => {
    const resources = fixtureResources();
    await deploy(resources);
    const Authority = {
      ...resources.Authority,
      Properties: { ...resources.Authority.Properties, ServiceToken: { 'Fn::GetAtt': ['Work', 'Arn'] } },
    };
    await expect(deploy({ ...resources, Authority })).rejects.toThrow(
      'fixture/Authority (Custom::Authority): ServiceToken never changes once the resource is created',
    );
  });

  test('deletes the keys that the template no longer has, but for those that it retains', async () => {
    const { Key } = fixtureResources();
    const keys = { Gone: Key, Kept: { ...Key, DeletionPolicy: 'RetainExceptOnCreate' } };
    await deploy({ ...fixtureResources(), ...keys });
    const before = readdirSync(join(data, 'kms'));
    await deploy(fixtureResources());
    const after = readdirSync(join(data, 'kms'));
    expect([before.length, after.length]).toEqual([3, 2]);
    // What is retained is no longer of the deployment: declared again, the key is a new one.
    await deploy({ ...fixtureResources(), ...keys });
    const again = readdirSync(join(data, 'kms'));
    expect(again).toHaveLength(4);
    expect(again).toEqual(expect.arrayContaining([...before, ...after]));
  });

  test('deletes buckets in the same way', async () => {
    const Bucket = { Type: 'AWS::S3::Bucket' };
    const buckets = { Gone: Bucket, Kept: { ...Bucket, DeletionPolicy: 'Retain' } };
    await deploy({ ...fixtureResources(), ...buckets });
    expect(readdirSync(join(data, 's3')).sort()).toEqual(['fixture-gone', 'fixture-kept']);
    await deploy(fixtureResources());
    expect(readdirSync(join(data, 's3'))).toEqual([expect.stringMatching(/^fixture-kept.retained-/)]);
  });

  test('that is refused removes no key, no index and no item, and hinders no later start', async () => {
    const { Key } = fixtureResources();
    const all = { ...withIndexes('byA', 'byB'), Gone: Key, Kept: { ...Key, DeletionPolicy: 'Retain' } };
    await deploy(all, putItem('TOKEN#1'));
    const keys = readdirSync(join(data, 'kms'));
    const { Authority, ...without } = withIndexes('byB');
    const refused = { ...Authority, Properties: { ...Authority.Properties, fail: true } };
    const lines: string[] = [];
    await expect(start({ ...without, Authority: refused }, lines)).rejects.toThrow(
      'Authority (Custom::Authority) cannot be updated: told to fail',
    );
    expect(lines.filter((line) => line.includes('no longer in the template'))).toEqual([]);
    await expect(start({ ...withIndexes('byA', 'byB', 'byC'), Authority: refused })).rejects.toThrow();
    expect(readdirSync(join(data, 'kms'))).toEqual(keys);
    // The index byC is of no deployment: it counts for nothing here.
    const next = { ...all, ...withIndexes('byA', 'byB', 'byD') };
    expect(await deploy(next, getItem('TOKEN#1'))).toContain('TOKEN#1');
    expect(readdirSync(join(data, 'kms'))).toEqual(keys);
  });

  test('refuses a key of another spec that a refused start left', async () => {
    const { Key, Authority, ...rest } = fixtureResources();
    const refused = { ...Authority, Properties: { ...Authority.Properties, fail: true } };
    await expect(start({ ...rest, Key, Authority: refused })).rejects.toThrow(
      'cannot be created: told to fail',
    );
    for (const KeySpec of ['ECC_NIST_P384', 'RSA_2048'])
      await expect(
        start({ ...rest, Authority, Key: { ...Key, Properties: { ...Key.Properties, KeySpec } } }),
      ).rejects.toThrow(
        `.pem is not of the key spec ${KeySpec}: it is from a start that was refused. Set the`,
      );
    await deploy({ ...rest, Key, Authority });
  });

  test('deletes a table that the template no longer has, with its items', async () => {
    const { Table, WorkRole, ...rest } = fixtureResources();
    const [inline] = WorkRole.Properties.Policies as { PolicyDocument: { Statement: object[] } }[];
    inline?.PolicyDocument.Statement.push({
      Effect: 'Allow',
      Action: ['dynamodb:PutItem', 'dynamodb:GetItem'],
      Resource: { 'Fn::Sub': 'arn:aws:dynamodb:*:*:table/fixture-Second' },
    });
    const on = (step: Step): Step => ({ ...step, input: { ...step.input, TableName: 'fixture-Second' } });
    const two = { ...rest, Table, WorkRole, Second: Table };
    await deploy(two, on(putItem('TOKEN#1')));
    expect(await deploy(two, on(getItem('TOKEN#1')))).toContain('TOKEN#1');
    await deploy({ ...rest, Table, WorkRole });
    expect(await deploy(two, on(getItem('TOKEN#1')))).not.toContain('TOKEN#1');
  });
});
