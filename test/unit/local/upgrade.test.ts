import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../infra/local/template/assembly.ts';
import { loadCreateOnly } from '../../../infra/local/template/create-only.ts';
import { removedResources, upgradeProblems } from '../../../infra/local/template/upgrade.ts';

const resource = (type: string, properties: object, retained = true, logicalId = 'It'): Resource => ({
  stack: 'one',
  logicalId,
  type,
  properties: properties as Resource['properties'],
  retained,
});
const key = (changes: object) =>
  resource('AWS::KMS::Key', { KeySpec: 'RSA_3072', KeyUsage: 'SIGN_VERIFY', Description: 'a', ...changes });
const index = (IndexName: string, Projection: object = { ProjectionType: 'KEYS_ONLY' }, by = 'a') => ({
  IndexName,
  KeySchema: [{ AttributeName: by, KeyType: 'HASH' }],
  Projection,
});
const table = (changes: object) =>
  resource('AWS::DynamoDB::Table', {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [index('byA'), index('byB')],
    ...changes,
  });
const policy = (changes: object) =>
  resource('AWS::IAM::ManagedPolicy', { Description: 'a', PolicyDocument: 'a', ...changes }, false);

const createOnly = await loadCreateOnly();
const problems = (before: Resource, after: Resource) =>
  upgradeProblems([before], [after], async () => createOnly);

describe('an update that AWS refuses names the resource and the property', () => {
  test.each([
    { name: 'key spec', before: key({}), after: key({ KeySpec: 'RSA_4096' }), says: 'KeySpec never changes' },
    { name: 'key usage', before: key({}), after: key({ KeyUsage: 'X' }), says: 'KeyUsage never changes' },
    {
      name: 'Regions of a key',
      before: key({}),
      after: key({ MultiRegion: true }),
      says: 'MultiRegion never',
    },
    { name: 'key of a table', before: table({}), after: table({ KeySchema: [] }), says: 'KeySchema never' },
    { name: 'name of a table', before: table({}), after: table({ TableName: 'x' }), says: 'TableName never' },
    {
      name: 'name of a bucket',
      before: resource('AWS::S3::Bucket', {}),
      after: resource('AWS::S3::Bucket', { BucketName: 'x' }),
      says: 'BucketName never changes',
    },
    {
      name: 'stream of an event source mapping',
      before: resource('AWS::Lambda::EventSourceMapping', { EventSourceArn: 'a' }),
      after: resource('AWS::Lambda::EventSourceMapping', { EventSourceArn: 'b' }),
      says: 'EventSourceArn never changes',
    },
    {
      name: 'name of a role',
      before: resource('AWS::IAM::Role', {}),
      after: resource('AWS::IAM::Role', { RoleName: 'x' }),
      says: 'AWS::IAM::Role It of one: RoleName never changes',
    },
    {
      name: 'description of a managed policy',
      before: policy({}),
      after: policy({ Description: 'b' }),
      says: 'Description never changes',
    },
    {
      name: 'projection of an index',
      before: table({}),
      after: table({ GlobalSecondaryIndexes: [index('byA', { ProjectionType: 'ALL' }), index('byB')] }),
      says: 'GlobalSecondaryIndexes: Projection of byA never changes; add an index with another name',
    },
    {
      name: 'key of an index',
      before: table({}),
      after: table({ GlobalSecondaryIndexes: [index('byA', undefined, 'x'), index('byB')] }),
      says: 'GlobalSecondaryIndexes: KeySchema of byA never changes',
    },
    {
      name: 'two indexes more',
      before: table({}),
      after: table({ GlobalSecondaryIndexes: ['byA', 'byB', 'byC', 'byD'].map((one) => index(one)) }),
      says: 'at most one index is created or deleted in an update, not +byC +byD',
    },
    {
      name: 'another index instead',
      before: table({}),
      after: table({ GlobalSecondaryIndexes: [index('byA'), index('byC')] }),
      says: 'at most one index is created or deleted in an update, not +byC -byB',
    },
  ])('$name', async ({ before, after, says }) => {
    const found = await problems(before, after);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${before.type} It of one: `);
    expect(found[0]).toContain(says);
  });

  test('all at once', async () => {
    expect(await problems(key({}), key({ KeySpec: 'RSA_4096', KeyUsage: 'X' }))).toHaveLength(2);
  });

  test('the deletion of a managed policy, which is attached; one that is retained is kept', async () => {
    const after = [key({})];
    const problemsOf = (removed: Resource) =>
      upgradeProblems([key({}), removed], after, async () => createOnly);
    const removed = { ...policy({}), logicalId: 'Auditor' };
    expect(await problemsOf(removed)).toEqual([
      'AWS::IAM::ManagedPolicy Auditor of one: IAM does not delete a managed policy that is attached, as each one is to the local administrator',
    ]);
    expect(await problemsOf({ ...removed, retained: true })).toEqual([]);
  });

  test('stacks of another authority', async () => {
    const other = { ...key({}), stack: 'fleetseal-b' };
    expect(await problems(key({}), other)).toEqual([
      'authority: the data belong to the stacks one, and the settings name fleetseal-b. Set authority back, or set FLEETSEAL_DATA to another directory',
    ]);
  });
});

describe('an update that AWS makes', () => {
  test.each([
    { name: 'nothing', before: key({}), after: key({}) },
    { name: 'description of a key', before: key({}), after: key({ Description: 'b' }) },
    { name: 'stream of a table', before: table({}), after: table({ StreamSpecification: {} }) },
    {
      name: 'origin of a distribution',
      before: resource('AWS::CloudFront::Distribution', { DistributionConfig: 'a' }),
      after: resource('AWS::CloudFront::Distribution', { DistributionConfig: 'b' }),
    },
    { name: 'document of a policy', before: policy({}), after: policy({ PolicyDocument: 'b' }) },
    {
      name: 'one index more',
      before: table({}),
      after: table({ GlobalSecondaryIndexes: ['byA', 'byB', 'byC'].map((one) => index(one)) }),
    },
    { name: 'one index less', before: table({}), after: table({ GlobalSecondaryIndexes: [index('byB')] }) },
    {
      name: 'another name of a function, which is replaced',
      before: resource('AWS::Lambda::Function', { FunctionName: 'a' }, false),
      after: resource('AWS::Lambda::Function', { FunctionName: 'b' }, false),
    },
  ])('$name', async ({ before, after }) => {
    expect(await problems(before, after)).toEqual([]);
  });

  test('keeps or deletes what is removed, as its DeletionPolicy says', () => {
    const [kept, gone] = [
      resource('AWS::KMS::Key', {}, true, 'Kept'),
      resource('AWS::KMS::Key', {}, false, 'Gone'),
    ];
    expect(removedResources([kept, gone, table({})], [table({})])).toEqual({
      retained: [kept],
      deleted: [gone],
    });
  });
});
