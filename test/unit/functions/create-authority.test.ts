import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answerCloudFormation } from '../../../functions/create-authority/response.ts';

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
