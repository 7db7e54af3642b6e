import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { readAskedRegion, readPlan } from '../../../functions/create-authority/request.ts';
import { answerCloudFormation } from '../../../shared/http/custom-resource.ts';

/** What CloudFormation gets to read of a failure. */
async function answered(reason: string): Promise<string> {
  let body = '';
  const server = createServer(async (request, response) => {
    body = await text(request);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ResponseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const ids = { StackId: 's'.repeat(128), RequestId: 'r'.repeat(36), LogicalResourceId: 'Authority' };
  await answerCloudFormation({ ResponseURL, ...ids } as CloudFormationCustomResourceEvent, 'authority', {
    status: 'FAILED',
    reason,
  });
  server.close();
  return body;
}

const PROPERTIES = {
  ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:create-authority',
  authority: 'fleet',
  trustDomain: 'fleet',
  root: { id: 'root-1', keyArn: 'arn:root', keySpec: 'RSA_4096', lifetimeSeconds: '631152000' },
  issuers: [{ id: 'issuer-1', keyArn: 'arn:issuer', keySpec: 'RSA_3072', lifetimeSeconds: '157788000' }],
  revocationUrl: 'http://d111111abcdef8.cloudfront.net',
  crlShards: '16',
};

test('the properties of the custom resource are the plan of the authority; numbers come as strings', () => {
  expect(readPlan(PROPERTIES)).toMatchObject({
    revocationUrl: 'http://d111111abcdef8.cloudfront.net',
    crlShards: 16,
    nameConstraints: undefined,
    root: { lifetimeSeconds: 631_152_000 },
  });
});

test.each([
  {
    wrong: { revocationUrl: 'https://pki.example.com' },
    words: 'revocationUrl: https://pki.example.com is not valid',
  },
  { wrong: { revocationUrl: undefined }, words: 'revocationUrl' },
  { wrong: { crlShards: '0' }, words: 'crlShards' },
  { wrong: { crlShards: '129' }, words: 'crlShards' },
  { wrong: { crlShards: undefined }, words: 'crlShards' },
])('a deployment with $wrong fails and says which property it is', ({ wrong, words }) => {
  expect(() => readPlan({ ...PROPERTIES, ...wrong })).toThrow(words);
});

test('CloudFormation is told why a deployment fails', async () => {
  expect(JSON.parse(await answered('told to fail'))).toMatchObject({
    Status: 'FAILED',
    Reason: 'told to fail',
    PhysicalResourceId: 'authority',
  });
});

test('a reason of any length fits into the 4,096 bytes that CloudFormation takes', async () => {
  const body = await answered(`put it back: ${'€'.repeat(5000)}`);
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
  expect(JSON.parse(body).Reason).toMatch(/^put it back: €+$/);
});

describe('the Region that a deployment wants active', () => {
  const responderKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef';
  const asked = (activeRegion: string, more = {}) => ({
    ...PROPERTIES,
    activeRegion,
    responderKeyArn,
    ...more,
  });

  test('is not asked for by an authority in one Region', () => {
    expect(readAskedRegion(PROPERTIES)).toBeUndefined();
    expect(readPlan(PROPERTIES)).toEqual(readPlan(asked('eu-central-1')));
  });

  test.each([
    { name: 'is not changed by the first deployment of a stack', before: undefined, changed: false },
    { name: 'is not changed by the same settings', before: asked('eu-west-1'), changed: false },
    { name: 'is changed by another one', before: asked('eu-central-1'), changed: true },
    {
      name: 'is said again to a restored table, which may be older',
      before: asked('eu-west-1', { restoredLedger: 'arn:other' }),
      changed: true,
    },
  ])('$name', ({ before, changed }) => {
    expect(readAskedRegion(asked('eu-west-1'), before)).toEqual({
      activeRegion: 'eu-west-1',
      responderKeyArn,
      changed,
    });
  });
});
