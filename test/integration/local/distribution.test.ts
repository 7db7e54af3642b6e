// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of Fn::Sub
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, type PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalCloud, startLocalCloud } from '../../../infra/local/local-cloud.ts';
import { callApi } from '../../support/api-client.ts';
import { at } from '../../support/json.ts';
import {
  allow,
  fixtureResources,
  fn,
  getAtt,
  method,
  policy,
  resource,
  role,
  writeAssembly,
} from './fixture.ts';

const objects = (prefix: string) => ({ 'Fn::Join': ['', [getAtt('Lists'), `/${prefix}*`]] });
const ocspUrl = {
  'Fn::Join': [
    '',
    [
      'https://',
      { Ref: 'Ocsp' },
      '.execute-api.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/',
      { Ref: 'OcspStage' },
      '/',
    ],
  ],
};
const ofUrl = (index: number) => ({ 'Fn::Select': [index, { 'Fn::Split': ['/', ocspUrl] }] });

/** A bucket and a REST API of binary bodies, both behind one distribution. */
const resources = {
  ...fixtureResources(),
  Lists: { Type: 'AWS::S3::Bucket' },
  ListsPolicy: {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: { Ref: 'Lists' },
      PolicyDocument: policy({
        ...allow('s3:GetObject', objects('crl/'), {
          StringEquals: {
            'AWS:SourceArn': {
              'Fn::Sub': 'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}',
            },
          },
        }),
        Principal: { Service: 'cloudfront.amazonaws.com' },
      }),
    },
  },
  KeeperRole: role(allow('s3:PutObject', objects(''))),
  Keeper: fn('work', 'KeeperRole', {
    Environment: { Variables: { REVOCATION_URL: { 'Fn::Sub': 'http://${Distribution.DomainName}' } } },
  }),
  AccessControl: { Type: 'AWS::CloudFront::OriginAccessControl', Properties: {} },
  Caching: {
    Type: 'AWS::CloudFront::CachePolicy',
    Properties: { CachePolicyConfig: { MinTTL: 0, DefaultTTL: 0, MaxTTL: 3600 } },
  },
  Distribution: {
    Type: 'AWS::CloudFront::Distribution',
    Properties: {
      DistributionConfig: {
        Origins: [
          {
            Id: 'bucket',
            DomainName: getAtt('Lists', 'RegionalDomainName'),
            OriginAccessControlId: getAtt('AccessControl', 'Id'),
          },
          { Id: 'open', DomainName: getAtt('Lists', 'RegionalDomainName') },
          {
            Id: 'ocsp',
            DomainName: ofUrl(2),
            OriginPath: { 'Fn::Join': ['', ['/', ofUrl(3)]] },
            CustomOriginConfig: {},
          },
        ],
        CacheBehaviors: [
          {
            PathPattern: '/ocsp*',
            TargetOriginId: 'ocsp',
            AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
            ViewerProtocolPolicy: 'allow-all',
            CachePolicyId: { Ref: 'Caching' },
          },
          {
            PathPattern: 'secure/*',
            TargetOriginId: 'bucket',
            ViewerProtocolPolicy: 'https-only',
            CachePolicyId: { Ref: 'Caching' },
          },
          {
            PathPattern: 'moved/*',
            TargetOriginId: 'bucket',
            ViewerProtocolPolicy: 'redirect-to-https',
            CachePolicyId: { Ref: 'Caching' },
          },
          {
            PathPattern: 'crl/unsigned',
            TargetOriginId: 'open',
            ViewerProtocolPolicy: 'allow-all',
            CachePolicyId: { Ref: 'Caching' },
          },
        ],
        DefaultCacheBehavior: {
          TargetOriginId: 'bucket',
          AllowedMethods: ['GET', 'HEAD'],
          ViewerProtocolPolicy: 'allow-all',
          CachePolicyId: { Ref: 'Caching' },
        },
        CustomErrorResponses: [{ ErrorCode: 403, ErrorCachingMinTTL: 5 }],
      },
    },
  },
  Ocsp: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'ocsp', BinaryMediaTypes: ['*/*'] } },
  OcspStage: {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { StageName: 'prod', RestApiId: { Ref: 'Ocsp' } },
  },
  OcspPath: resource(getAtt('Ocsp', 'RootResourceId'), 'ocsp', 'Ocsp'),
  OcspRest: resource({ Ref: 'OcspPath' }, '{request+}', 'Ocsp'),
  OcspPost: method({ Ref: 'OcspPath' }, 'POST', 'NONE', 'Keeper', 'Ocsp'),
  OcspGet: method({ Ref: 'OcspRest' }, 'GET', 'NONE', 'Keeper', 'Ocsp'),
  OcspPermission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: getAtt('Keeper'),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Sub': 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Ocsp}/prod/*' },
    },
  },
};

const assembly = writeAssembly(resources);
const data = mkdtempSync(join(tmpdir(), 'fleetseal-distribution-'));
let cloud: LocalCloud;
let url = '';

beforeAll(async () => {
  cloud = await startLocalCloud({ assembly, data, port: 0, log: () => {} });
  url = cloud.httpUrl ?? '';
});
afterEach(() => cloud.clock.shift(0));
afterAll(async () => {
  await cloud.stop();
  for (const directory of [assembly, data]) rmSync(directory, { recursive: true, force: true });
});

async function put(input: Omit<PutObjectCommandInput, 'Bucket'>): Promise<void> {
  const { credentials, endpoints } = cloud.sessionOf('keeper');
  const client = new S3Client({ region: cloud.region, credentials, endpoint: endpoints.s3 });
  await client.send(new PutObjectCommand({ Bucket: 'fixture-lists', ...input }));
}

/** Status, `X-Cache` without its end, and text. */
async function seen(
  path: string,
  init: RequestInit = {},
): Promise<readonly [number, string | undefined, string]> {
  const answer = await fetch(`${url}${path}`, { redirect: 'manual', ...init });
  return [answer.status, answer.headers.get('x-cache')?.replace(' from cloudfront', ''), await answer.text()];
}

test('its domain name is where it is served', async () => {
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const answer = (await cloud.invoke('fixture-keeper', { environment: true })) as { body: string };
  expect(at(JSON.parse(answer.body), 'environment.REVOCATION_URL')).toBe(url);
});

describe('an object', () => {
  test('is served with its headers', async () => {
    await put({
      Key: 'crl/a b.crl',
      Body: 'list',
      ContentType: 'application/pkix-crl',
      CacheControl: 'max-age=60',
    });
    const answer = await fetch(`${url}/crl/a%20b.crl`);
    expect([answer.status, await answer.text()]).toEqual([200, 'list']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/pkix-crl',
      'cache-control': 'max-age=60',
      etag: '"10ae9fc7d453b0dd525d0edf2ede7961"',
      'last-modified': expect.any(String),
      via: expect.stringContaining('(CloudFront)'),
    });
    const head = await fetch(`${url}/crl/a%20b.crl`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', '']);
  });

  test('is kept as long as its headers say, by the shifted clock', async () => {
    await put({ Key: 'crl/kept', Body: 'old', CacheControl: 'max-age=60' });
    expect(await seen('/crl/kept')).toEqual([200, 'Miss', 'old']);
    await put({ Key: 'crl/kept', Body: 'new', CacheControl: 'max-age=60' });
    cloud.clock.shift(50);
    const hit = await fetch(`${url}/crl/kept`);
    expect([await hit.text(), hit.headers.get('x-cache')]).toEqual(['old', 'Hit from cloudfront']);
    expect(Number(hit.headers.get('age'))).toBeGreaterThanOrEqual(50);
    cloud.clock.shift(61);
    expect(await seen('/crl/kept')).toEqual([200, 'Miss', 'new']);
  });

  test('without such headers is kept as the policy says: not at all', async () => {
    await put({ Key: 'crl/fresh', Body: 'old' });
    expect(await seen('/crl/fresh')).toEqual([200, 'Miss', 'old']);
    await put({ Key: 'crl/fresh', Body: 'new' });
    expect(await seen('/crl/fresh')).toEqual([200, 'Miss', 'new']);
  });

  test.each([
    { name: 'its ETag', headers: (etag: string) => ({ 'if-none-match': etag }) },
    { name: 'its ETag among others', headers: (etag: string) => ({ 'if-none-match': `"x", W/${etag}` }) },
    { name: 'its time', headers: (_: string, modified: string) => ({ 'if-modified-since': modified }) },
  ])('that the viewer has is not sent again: $name', async ({ headers }) => {
    await put({ Key: 'crl/has', Body: 'list' });
    const first = await fetch(`${url}/crl/has`);
    const given = headers(first.headers.get('etag') ?? '', first.headers.get('last-modified') ?? '');
    const second = await fetch(`${url}/crl/has`, { headers: given });
    expect([second.status, await second.text(), second.headers.get('etag')]).toEqual([
      304,
      '',
      first.headers.get('etag'),
    ]);
    expect((await fetch(`${url}/crl/has`, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
  });

  test('that is missing is denied, and looked for again after 5 s', async () => {
    expect(await seen('/crl/late')).toEqual([
      403,
      'Error',
      expect.stringContaining('<Code>AccessDenied</Code>'),
    ]);
    await put({ Key: 'crl/late', Body: 'list' });
    expect((await seen('/crl/late'))[0]).toBe(403);
    cloud.clock.shift(6);
    expect(await seen('/crl/late')).toEqual([200, 'Miss', 'list']);
  });
});

describe('what is not served', () => {
  test.each([
    {
      name: 'an object that the bucket does not let CloudFront read',
      path: '/private',
      status: 403,
      says: 'AccessDenied',
    },
    {
      name: 'an object by an origin without access control',
      path: '/crl/unsigned',
      status: 403,
      says: 'AccessDenied',
    },
    {
      name: 'another method',
      path: '/crl/x',
      init: { method: 'POST', body: 'x' },
      status: 403,
      says: 'is not configured to allow the HTTP request method POST',
    },
    { name: 'plain HTTP where only HTTPS is', path: '/secure/x', status: 403, says: 'HTTPS only' },
    { name: 'a path that is no UTF-8', path: '/crl/%ff', status: 403, says: 'AccessDenied' },
  ])('$name', async ({ path, init, status, says }) => {
    await put({ Key: 'private', Body: 'x' });
    await put({ Key: 'crl/unsigned', Body: 'x' });
    expect(await seen(path, init)).toEqual([status, 'Error', expect.stringContaining(says)]);
  });

  test('a path that redirects to HTTPS', async () => {
    const answer = await fetch(`${url}/moved/x`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      301,
      `${url.replace('http', 'https')}/moved/x`,
    ]);
  });
});

describe('a REST API behind it', () => {
  const body = Buffer.from([0, 255, 254, 10]).toString('base64');
  const binary = (more: object = {}) =>
    JSON.stringify({
      answer: {
        statusCode: 200,
        headers: { 'Content-Type': 'application/ocsp-response', ...more },
        body,
        isBase64Encoded: true,
      },
    });

  test('takes and gives octets', async () => {
    const answer = await fetch(`${url}/ocsp`, { method: 'POST', body: binary() });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/ocsp-response']);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(body, 'base64'));
    const echoed = await fetch(`${url}/ocsp`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/ocsp-request', cookie: 'x' },
    });
    const { event } = (await echoed.json()) as { event: Record<string, unknown> };
    expect(event).toMatchObject({
      isBase64Encoded: true,
      body: Buffer.from('{}').toString('base64'),
      path: '/ocsp',
      requestContext: { stage: 'prod' },
      headers: { 'content-type': 'application/ocsp-request', 'User-Agent': 'Amazon CloudFront' },
    });
    expect(event['headers']).not.toHaveProperty('cookie');
  });

  test('gets the path of a GET as it was sent', async () => {
    const path = `/ocsp/${encodeURIComponent('MEU+/w==')}`;
    const [status, cache, text] = await seen(path);
    expect([status, cache, at(JSON.parse(text), 'event.path')]).toEqual([200, 'Miss', path]);
  });

  test('is not reached through the other door, nor the other API through this one', async () => {
    expect((await callApi(cloud, { method: 'POST', path: '/prod/ocsp', body: {} })).status).toBe(403);
    expect((await seen('/v1/items'))[2]).toContain('AccessDenied');
  });
});

test('a port that is taken is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: httpPort } = other.address() as AddressInfo;
  const starting = startLocalCloud({ assembly, data: `${data}-port`, port: 0, httpPort, log: () => {} });
  await expect(starting).rejects.toThrow(
    `port ${httpPort} is taken by another program; choose another one (HTTP_PORT=...)`,
  );
  other.close();
  rmSync(`${data}-port`, { recursive: true, force: true });
});
