import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { dynamoClient } from '../../shared/store/client.ts';
import { dynamoLedgerFence } from '../../shared/store/ledger.ts';
import { dynamoSlotStore } from '../../shared/store/slot-store.ts';
import { startTestDynamo, type TestDynamo } from '../support/dynamodb.ts';
import { NOW } from '../support/records.ts';

/* `Custom::AuthorityData` in the passive Region: the function itself, over the table as its Region sees it. */

const PRIMARY = 'eu-central-1';
const keyArn = (region: string, digit: string) =>
  `arn:aws:kms:${region}:111122223333:key/mrk-${digit.repeat(32)}`;

const { env } = process;
let dynamo: TestDynamo;
let handler: (event: CloudFormationCustomResourceEvent) => Promise<void>;
beforeAll(async () => {
  dynamo = await startTestDynamo();
  const { tableName } = await dynamo.createTable();
  Object.assign(env, {
    TABLE_NAME: tableName,
    TWO_REGIONS: 'yes',
    AWS_REGION: PRIMARY,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    BUCKET_NAME: 'test',
    REVOCATION_URL: 'http://pki.example.com',
    RESPONDER_KEY_ARN: keyArn(PRIMARY, 'f'),
    ROOT_LIST_LIFETIME_SECONDS: '2592000',
    LIST_CACHE_SECONDS: '60',
    MUTUAL_TLS_DOMAIN_ARN: '',
  });
  ({ handler } = await import('../../functions/maintain-authority/handler.ts'));
});
afterAll(() => dynamo.stop());

const table = () => ({
  client: dynamoClient({ region: PRIMARY }),
  tableName: env['TABLE_NAME'] ?? '',
  writesIn: 'either' as const,
});
beforeEach(async () => {
  await dynamoLedgerFence(table()).declare(NOW);
  await dynamoLedgerFence(table()).activate('eu-west-1', keyArn(PRIMARY, 'f'));
});

/** Deploys in the primary Region, which is passive. @returns how it ended. */
async function deploy(issuers: readonly string[], keysOf = PRIMARY): Promise<unknown> {
  let body = '';
  const server = createServer(async (request, response) => {
    body = await text(request);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const key = (id: string, digit: string) => ({
    ...{ id, keyArn: keyArn(keysOf, digit), keySpec: 'RSA_3072', lifetimeSeconds: '157788000' },
  });
  await handler({
    RequestType: 'Update',
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ResourceProperties: {
      authority: 'acme',
      roots: [key('root-1', 'a')],
      issuers: issuers.map((id, place) => key(id, `${place + 1}`)),
      revocationUrl: 'http://pki.example.com',
      crlShards: '16',
    },
  } as unknown as CloudFormationCustomResourceEvent);
  server.close();
  return JSON.parse(body).Status;
}

const recorded = async () => (await dynamoSlotStore(table()).readSlots()).map(({ id }) => id);

test('the passive primary records the keys that it makes: the standby finds them by their slots', async () => {
  expect(await deploy(['issuer-1'])).toBe('SUCCESS');
  expect(await recorded()).toEqual(['root-1', 'issuer-1']);
  expect(await deploy(['issuer-1', 'issuer-2'])).toBe('SUCCESS');
  expect(await recorded()).toEqual(['root-1', 'issuer-1', 'issuer-2']);
  // Rolled back, the key is not part of the deployment any more.
  expect(await deploy(['issuer-1'])).toBe('SUCCESS');
  expect(await recorded()).toEqual(['root-1', 'issuer-1']);
});

test('the passive standby, whose keys are replicas, leaves the slots as they are', async () => {
  await deploy(['issuer-1']);
  expect(await deploy(['issuer-1', 'issuer-2'], 'eu-north-1')).toBe('SUCCESS');
  expect(await recorded()).toEqual(['root-1', 'issuer-1']);
});
