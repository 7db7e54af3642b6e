import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { issuerItem, rootItem } from '../../shared/store/authority-item.ts';
import { dynamoAuthorityStore } from '../../shared/store/authority-store.ts';
import { certificateItem } from '../../shared/store/certificate-item.ts';
import { dynamoIssuanceStore } from '../../shared/store/issuance-store.ts';
import { startTestDynamo, type TestDynamo } from '../support/dynamodb.ts';
import { sampleIssuer, sampleRecord, sampleRoot } from '../support/records.ts';

/* Items of earlier versions of the service, which go on working. */

let dynamo: TestDynamo;
beforeAll(async () => {
  dynamo = await startTestDynamo();
});
afterAll(() => dynamo.stop());

test('an issuer without shards has 16; a root without kind has its key in KMS; a certificate without address has none', async () => {
  const { client, tableName } = await dynamo.createTable();
  const issuer = sampleIssuer();
  const root = sampleRoot();
  const record = sampleRecord();
  const { crlShards: _, ...earlierIssuer } = issuerItem(issuer);
  const { kind: _kind, ...earlierRoot } = rootItem(root);
  for (const Item of [earlierIssuer, earlierRoot, certificateItem(record)])
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
  const { issuers, roots } = await dynamoAuthorityStore({ client, tableName }).readAuthority();
  expect(roots).toEqual([root]);
  expect(issuers).toEqual([{ ...issuer, crlShards: 16 }]);
  const store = dynamoIssuanceStore({ client, tableName, rootIds: [], issuerIds: [] });
  expect(await store.certificate(record.serialNumber)).toEqual(record);
});
