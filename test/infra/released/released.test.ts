import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Resource, readAssembly } from '../../../infra/local/template/assembly.ts';
import { loadCreateOnly } from '../../../infra/local/template/create-only.ts';
import PACKAGE from '../../../package.json' with { type: 'json' };
import { ASSEMBLY } from '../../support/assembly.ts';
import { keptResources, releaseProblems } from './kept.ts';

/** The released versions, the last one last. */
const versions = readdirSync(import.meta.dirname)
  .flatMap((file) => /^(\d+\.\d+\.\d+)\.json$/.exec(file)?.[1] ?? [])
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

const released = (version: string): readonly Resource[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, `${version}.json`), 'utf8'));

const { resources } = readAssembly(ASSEMBLY);
const last = released(versions.at(-1) ?? '');

describe('deployments of the last released version', () => {
  test('are upgraded to the present templates without loss', async () => {
    expect(await releaseProblems(last, resources)).toEqual([]);
  });

  test('are recorded: a release runs "npm run release:record", and commits the file', () => {
    expect(versions).toContain(PACKAGE.version);
  });

  test('keep keys, roles that sign, table, policies, bucket and hostname', () => {
    const types = new Set(last.map(({ type }) => type));
    for (const type of [
      'AWS::KMS::Key',
      'AWS::IAM::Role',
      'AWS::DynamoDB::Table',
      'AWS::IAM::ManagedPolicy',
      'AWS::S3::Bucket',
      'AWS::ApiGateway::RestApi',
      'AWS::CloudFront::Distribution',
      'AWS::Lambda::Function',
      'Custom::Authority',
    ])
      expect(types).toContain(type);
  });

  test('are what the present templates would record; if not, run "npm run release:record"', async () => {
    if (versions.at(-1) !== PACKAGE.version) return;
    const known = new Set(last.map(({ stack, logicalId }) => `${stack}/${logicalId}`));
    const present = keptResources(resources, await loadCreateOnly());
    expect(present.filter(({ stack, logicalId }) => !known.has(`${stack}/${logicalId}`))).toEqual([]);
  });
});

/** The resource of that type, changed. */
const changed = (type: string, change: (resource: Resource) => readonly Resource[]) => {
  const at = resources.findIndex(
    (one) => one.type === type && last.some(({ logicalId }) => logicalId === one.logicalId),
  );
  return resources.flatMap((one, index) => (index === at ? change(one) : [one]));
};
const set = (properties: object) => (one: Resource) => [
  { ...one, properties: { ...one.properties, ...properties } },
];
const indexes =
  (change: (indexes: readonly { readonly IndexName: string }[]) => readonly object[]) => (one: Resource) =>
    set({
      GlobalSecondaryIndexes: change(
        one.properties['GlobalSecondaryIndexes'] as readonly { readonly IndexName: string }[],
      ),
    })(one);

describe('the gate stops', () => {
  test.each([
    {
      name: 'the loss of a key',
      type: 'AWS::KMS::Key',
      change: () => [],
      words: 'it is no longer in the template',
    },
    {
      name: 'another logical id of a role that signs',
      type: 'AWS::IAM::Role',
      change: (one: Resource) => [{ ...one, logicalId: 'Renamed' }],
      words: 'An upgrade would lose or replace it: keep its type, stack and logical id',
    },
    {
      name: 'a table that moves to another stack',
      type: 'AWS::DynamoDB::Table',
      change: (one: Resource) => [{ ...one, stack: 'fleetseal-fleet-service' }],
      words: 'it is no longer in the template',
    },
    {
      name: 'another key spec',
      type: 'AWS::KMS::Key',
      change: set({ KeySpec: 'ECC_NIST_P384' }),
      words: 'KeySpec never changes once the resource is created',
    },
    {
      name: 'another description of a policy',
      type: 'AWS::IAM::ManagedPolicy',
      change: set({ Description: 'new' }),
      words: 'Description never changes',
    },
    {
      name: 'a name for the bucket',
      type: 'AWS::S3::Bucket',
      change: set({ BucketName: 'new' }),
      words: 'BucketName never changes',
    },
    {
      name: 'another projection',
      type: 'AWS::DynamoDB::Table',
      change: indexes(([first, ...rest]) => [{ ...first, Projection: { ProjectionType: 'ALL' } }, ...rest]),
      words: 'Projection of certificatesByExpiry never changes; add an index with another name',
    },
    {
      name: 'two new indexes in one deployment',
      type: 'AWS::DynamoDB::Table',
      change: indexes((all) => [...all, { IndexName: 'one' }, { IndexName: 'two' }]),
      words: 'at most one index is created or deleted in an update, not +one +two',
    },
    {
      name: 'one index instead of another in one deployment',
      type: 'AWS::DynamoDB::Table',
      change: indexes(([_, ...rest]) => [...rest, { IndexName: 'one' }]),
      words: 'at most one index is created or deleted in an update',
    },
    {
      name: 'another function of a custom resource',
      type: 'Custom::Authority',
      change: set({ ServiceToken: 'other' }),
      words: 'its function never changes',
    },
  ])('$name', async ({ type, change, words }) => {
    const problems = await releaseProblems(last, changed(type, change));
    expect(problems).toEqual([expect.stringContaining(words)]);
    expect(problems[0]).toContain(type);
  });

  test('nothing else: one more index, one more slot', async () => {
    const more = changed(
      'AWS::DynamoDB::Table',
      indexes((all) => [...all, { IndexName: 'one' }]),
    );
    const slot = {
      stack: 'fleetseal-fleet-authority',
      logicalId: 'issuer3Key',
      type: 'AWS::KMS::Key',
      properties: {},
      retained: true,
    };
    expect(await releaseProblems(last, [...more, slot])).toEqual([]);
  });
});

test('log groups have no name of their own, which would be taken after the stack is deleted', () => {
  const groups = resources.filter(({ type }) => type === 'AWS::Logs::LogGroup');
  expect(groups.length).toBeGreaterThan(10);
  const names = groups.map(({ properties }) => JSON.stringify(properties['LogGroupName'] ?? ''));
  // But for those that API Gateway names, after its API: another one has other groups.
  const named = names.filter((name) => name !== '""' && !/API-Gateway-Execution-Logs_.+"Ref"/.test(name));
  expect(named).toEqual([]);
});
