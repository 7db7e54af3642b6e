import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { createFaults } from '../../support/faults.ts';
import { allow, fixtureResources, fn, getAtt, policy, role, writeAssembly } from './fixture.ts';

const objects = (prefix: string) => ({ 'Fn::Join': ['', [getAtt('Lists'), `/${prefix}*`]] });
const BUCKET = 'fixture-lists';

/** Three callers: one may read, write and list; one may only write; one may read without listing. */
const resources = {
  ...fixtureResources(),
  Lists: { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: { Status: 'Enabled' } } },
  Plain: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' },
  ListsPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: 'Lists' },
      PolicyDocument: policy(
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:PutObject',
          Resource: objects('sealed/'),
        },
        {
          Effect: 'Allow',
          Principal: { AWS: getAtt('ReaderRole') },
          Action: 's3:GetObject',
          Resource: objects('crl/'),
        },
      ),
    },
  },
  KeeperRole: role(
    allow(['s3:GetObject', 's3:PutObject'], [objects(''), { 'Fn::Join': ['', [getAtt('Plain'), '/*']] }]),
    allow('s3:ListBucket', getAtt('Lists')),
  ),
  WriterRole: role(allow('s3:PutObject', objects(''))),
  ReaderRole: role(),
  Keeper: fn('work', 'KeeperRole'),
  Writer: fn('work', 'WriterRole'),
  Scanner: fn('work', 'ReaderRole'),
};

const assembly = writeAssembly(resources);
const data = mkdtempSync(join(tmpdir(), 'fleetseal-s3-'));
const faults = createFaults();
let cloud: LocalCloud;

const start = () => {
  const { intercept } = faults;
  return startLocalCloud({ assembly, data, port: 0, schedules: false, log: () => {}, intercept });
};

beforeAll(async () => {
  cloud = await start();
});

afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  cloud.calls.reset();
  faults.clear();
});

/** The client that a function of the template has: the endpoint is all that it is given. */
function client(name: string): S3Client {
  const { credentials, endpoints } = cloud.sessionOf(name);
  return new S3Client({ region: cloud.region, credentials, endpoint: endpoints.s3, maxAttempts: 1 });
}

const put = (input: Omit<PutObjectCommandInput, 'Bucket'>, name = 'keeper', Bucket = BUCKET) =>
  client(name).send(new PutObjectCommand({ Bucket, ...input }));
const get = (input: Omit<GetObjectCommandInput, 'Bucket'>, name = 'keeper', Bucket = BUCKET) =>
  client(name).send(new GetObjectCommand({ Bucket, ...input }));
const head = (Key: string, name = 'keeper') =>
  client(name).send(new HeadObjectCommand({ Bucket: BUCKET, Key }));

/** Name and status of a refusal, as the SDK reports it. */
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: { name: string; $metadata: { httpStatusCode: number } }) =>
      `${error.name} ${error.$metadata.httpStatusCode}`,
  );

describe('an object', () => {
  test('comes back with its headers, metadata and ETag', async () => {
    const written = await put({
      Key: 'crl/ü b/0.crl',
      Body: Buffer.from('hello'),
      ContentType: 'application/pkix-crl',
      CacheControl: 'max-age=60',
      Metadata: { 'crl-number': '7' },
    });
    expect(written).toMatchObject({ ETag: '"5d41402abc4b2a76b9719d911017c592"', ChecksumCRC32: 'NhCmhg==' });
    const read = await get({ Key: 'crl/ü b/0.crl' });
    expect(await read.Body?.transformToString()).toBe('hello');
    const known = {
      ContentType: 'application/pkix-crl',
      CacheControl: 'max-age=60',
      Metadata: { 'crl-number': '7' },
      ContentLength: 5,
      ETag: written.ETag,
      VersionId: written.VersionId,
    };
    expect(read).toMatchObject(known);
    expect(await head('crl/ü b/0.crl')).toMatchObject({ ...known, LastModified: expect.any(Date) });
  });

  test('is stored whole from a stream, which the SDK sends in chunks with a trailing checksum', async () => {
    const Body = Readable.from(['a'.repeat(70_000), 'b'.repeat(10)]);
    await put({ Key: 'stream', Body, ContentLength: 70_010, ContentEncoding: 'identity' });
    const read = await get({ Key: 'stream' });
    expect(await read.Body?.transformToString()).toBe('a'.repeat(70_000) + 'b'.repeat(10));
    expect(read.ContentEncoding).toBe('identity');
  });

  test.each([
    { name: 'MD5', input: { ContentMD5: '1B2M2Y8AsgTpgAmY7PhCfg==' } },
    { name: 'SHA-256', input: { ChecksumSHA256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' } },
  ])('with the wrong $name is refused', async ({ input }) => {
    expect(await refusal(put({ Key: 'wrong', Body: 'hello', ...input }))).toBe('BadDigest 400');
    expect(await refusal(get({ Key: 'wrong' }))).toBe('NoSuchKey 404');
  });

  test('has the time of the shifted clock', async () => {
    cloud.clock.shift(86_400);
    try {
      await client('keeper').send(new PutObjectCommand({ Bucket: BUCKET, Key: 'later', Body: 'x' }));
      const { LastModified } = await head('later');
      expect(Math.abs((LastModified?.getTime() ?? 0) - Date.now() - 86_400_000)).toBeLessThan(5000);
    } finally {
      cloud.clock.shift(0);
    }
  });

  test('that is overwritten stays as a version, where the bucket keeps them', async () => {
    for (const Bucket of [BUCKET, 'fixture-plain'])
      for (const Body of ['one', 'two', 'three']) await put({ Key: 'v', Body }, 'keeper', Bucket);
    const files = (bucket: string) => readdirSync(join(data, 's3', bucket, 'v')).length;
    expect([files(BUCKET), files('fixture-plain')]).toEqual([3, 1]);
    expect(await (await get({ Key: 'v' })).Body?.transformToString()).toBe('three');
  });
});

describe('a conditional write', () => {
  test('takes place on the first write only, and on the version that it names', async () => {
    const { ETag } = await put({ Key: 'c', Body: 'one', IfNoneMatch: '*' });
    expect(await refusal(put({ Key: 'c', Body: 'two', IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    const second = await put({ Key: 'c', Body: 'two', IfMatch: ETag });
    expect(await refusal(put({ Key: 'c', Body: 'three', IfMatch: ETag }))).toBe('PreconditionFailed 412');
    expect((await head('c')).ETag).toBe(second.ETag);
    expect(await refusal(put({ Key: 'none', Body: 'x', IfMatch: ETag }))).toBe('NoSuchKey 404');
  });

  test('of many at once, one takes place', async () => {
    const { ETag } = await put({ Key: 'race', Body: 'start' });
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, n) => refusal(put({ Key: 'race', Body: `${n}`, IfMatch: ETag }))),
    );
    expect(results.filter((result) => result === 'none')).toHaveLength(1);
    expect(new Set(results)).toEqual(new Set(['none', 'PreconditionFailed 412']));
  });
});

test('a conditional read of what has not changed gets no content', async () => {
  const { ETag } = await put({ Key: 'r', Body: 'x' });
  expect(await refusal(get({ Key: 'r', IfNoneMatch: ETag }))).toMatch(/304$/);
  expect(await refusal(get({ Key: 'r', IfMatch: '"other"' }))).toBe('PreconditionFailed 412');
});

describe('policies', () => {
  test.each([
    { name: 'a read without the permission', call: () => get({ Key: 'crl/x' }, 'writer') },
    {
      name: 'a missing object, for a role that may not list',
      call: () => get({ Key: 'crl/none' }, 'scanner'),
    },
    {
      name: 'a write that compares, for a role that may not read',
      call: () => put({ Key: 'crl/x', Body: 'x', IfMatch: '"a"' }, 'writer'),
    },
    { name: 'a write that the bucket denies', call: () => put({ Key: 'sealed/x', Body: 'x' }) },
    { name: 'a bucket of no policy', call: () => put({ Key: 'x', Body: 'x' }, 'writer', 'fixture-plain') },
  ])('refuse $name', async ({ call }) => {
    await put({ Key: 'crl/x', Body: 'x' });
    cloud.calls.reset();
    expect(await refusal(call())).toBe('AccessDenied 403');
    expect(cloud.calls.all()).toMatchObject([{ service: 's3', decision: 'denied' }]);
  });

  test('of the bucket allow a read', async () => {
    await put({ Key: 'crl/x', Body: 'x' }, 'writer');
    expect(await (await get({ Key: 'crl/x' }, 'scanner')).Body?.transformToString()).toBe('x');
  });

  test('are not asked for a bucket that does not exist', async () => {
    expect(await refusal(put({ Key: 'x', Body: 'x' }, 'keeper', 'nowhere'))).toBe('NoSuchBucket 404');
  });
});

test('calls are recorded, with what the function got', async () => {
  const { s3 } = cloud.sessionOf('keeper').endpoints;
  expect(s3).toMatch(/^http:\/\/127\.0\.0\.1:/);
  await put({ Key: 'seen', Body: 'x' });
  await refusal(put({ Key: 'seen', Body: 'x', IfNoneMatch: '*' }));
  const call = {
    service: 's3',
    action: 'PutObject',
    function: 'fixture-Keeper',
    resources: [`arn:aws:s3:::${BUCKET}/seen`],
  };
  expect(cloud.calls.all()).toMatchObject([
    { ...call, outcome: 'ok' },
    { ...call, outcome: 'PreconditionFailed' },
  ]);
});

test.each([
  { does: 'throttle', error: 'SlowDown 503', effect: false },
  { does: 'conflict', error: 'ConditionalRequestConflict 409', effect: false },
  { does: 'drop', error: /undefined$/, effect: false },
  { does: 'lose', error: /undefined$/, effect: true },
] as const)('a fault at a write: $does', async ({ does, error, effect }) => {
  faults.add({ service: 's3', action: 'PutObject', does });
  expect(await refusal(put({ Key: does, Body: 'x' }))).toMatch(error);
  expect((await refusal(head(does))) === 'none').toBe(effect);
});

test('objects outlive the local cloud', async () => {
  await put({ Key: 'durable', Body: 'kept' });
  await cloud.stop();
  cloud = await start();
  expect(await (await get({ Key: 'durable' })).Body?.transformToString()).toBe('kept');
});

test('operations that nobody needs are refused by name', async () => {
  const { s3 } = cloud.sessionOf('keeper').endpoints;
  const answer = await fetch(`${s3}/${BUCKET}?list-type=2`);
  expect([answer.status, await answer.text()]).toEqual([
    501,
    expect.stringContaining('add others to infra/local/s3'),
  ]);
});
